// Package jsonplan decodes validated JSON objects into Go values and encodes Go values as JSON, through plans that are
// compiled once per type.
//
// It gives what encoding/json gives (with Decoder.UseNumber, and with Encoder.SetEscapeHTML(false)), for every type that
// encoding/json supports, but for these differences:
//
//   - Member names are matched exactly, never by case folding.
//   - Numbers in interfaces are always json.Number.
//   - Strings decoded without an escape in them share the memory of the text, and the string lists of one document share
//     an array. Methods such as UnmarshalJSON, []byte and json.RawMessage get copies.
//   - The first error ends the work. It names the member, the Go type and the kind of JSON value, and never the value.
//   - Two members of an object that fall on one key of a map are an error, in both directions.
//   - With the option "string" the text inside the quotes must be JSON: "007" and "-Inf" are no numbers.
//   - Invalid UTF-8, more than strictjson.MaxDepth levels, and output of a MarshalJSON method or a json.RawMessage that
//     strictjson refuses are errors when encoding.
//
// Plans are kept in a [Cache]. They hold no state but types, so that they may be used concurrently.
package jsonplan
