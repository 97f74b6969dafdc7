// Package jsonplan decodes validated JSON objects into Go values and encodes Go values as JSON,
// through plans that are compiled once per type.
//
// It behaves like encoding/json (with Decoder.UseNumber and Encoder.SetEscapeHTML(false)) for every
// type that encoding/json supports, with these exceptions:
//
//   - Member names are matched exactly, never by case folding.
//   - Numbers in interfaces are always json.Number.
//   - Decoded strings without an escape share the memory of the text, and the string lists of one
//     document share an array. Methods such as UnmarshalJSON, []byte and json.RawMessage get
//     copies.
//   - Decoding stops at the first error. The error names the member, the Go type and the kind of
//     JSON value, never the value.
//   - Two members of an object that convert to the same key of a map are an error, in both
//     directions.
//   - With the option "string", the text inside the quotes must be JSON: "007" and "-Inf" are not
//     numbers.
//   - When encoding, invalid UTF-8 and more than strictjson.MaxDepth levels are errors, as is
//     output of a MarshalJSON method or a json.RawMessage that strictjson rejects.
//
// A [Cache] keeps the plans. They hold no state other than types, and are safe for concurrent use.
package jsonplan
