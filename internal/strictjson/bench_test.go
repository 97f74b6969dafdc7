package strictjson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/jwt/internal/strictjson"
)

// usual is a payload of the usual kind: the seven registered claims, a name, roles and a flag in
// 233 bytes.
const usual = `{"iss":"https://auth.example.com","sub":"8f14e45fceea467fa","aud":"https://api.example.com/",` +
	`"exp":1767225600,"nbf":1767222000,"iat":1767222000,"jti":"c9f0f895fb98ab91","name":"Susan Calvin","roles":["user","moderator"],"admin":true}`

func BenchmarkObject(b *testing.B) {
	for name, text := range map[string]string{
		"usual":       usual,
		"long":        `{"sub":"` + strings.Repeat("0123456789abcdef", 200_000/16) + `"}`,
		"longCJK":     `{"sub":"` + strings.Repeat("\u4e2d\u6587", 200_000/6) + `"}`,
		"longLatin":   `{"sub":"` + strings.Repeat("caf\u00e9 soci\u00e9t\u00e9 ", 200_000/16) + `"}`,
		"longEscapes": `{"sub":"` + strings.Repeat(`a\u00e9\n`, 200_000/9) + `"}`,
	} {
		b.Run(name+"/ours", func(b *testing.B) {
			var s strictjson.Scanner
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := s.Object(text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/std", func(b *testing.B) {
			data := []byte(text)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				json.Valid(data)
			}
		})
	}
}
