package migration_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
	jwt4 "github.com/golang-jwt/jwt/v4"
	request4 "github.com/golang-jwt/jwt/v4/request"
	jwt5 "github.com/golang-jwt/jwt/v5"
	request5 "github.com/golang-jwt/jwt/v5/request"
)

func strictForm() map[string]proof {
	long := strings.Repeat("x", 70_000)
	deep := `{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`
	good := encode(`{"alg":"HS256" }`)
	stray, whole := strayBit(good), token(`{}`)
	payload := encode(`{"a":"line"}`)
	return map[string]proof{
		"no list of algorithms":                              {"", []attempt{noList()}},
		"`alg` none, with `UnsafeAllowNoneSignatureType`":    {"", []attempt{none()}},
		"stray bits or line breaks in the header or payload": {"", []attempt{read(seal(stray, encode(`{}`))), read(seal(good, payload[:4]+"\r\n"+payload[4:]))}},
		"stray bits or line breaks in the signature":         {"", []attempt{read(strayBit(whole)), read(whole[:len(whole)-4] + "\n" + whole[len(whole)-4:])}},
		"a `crit` or `b64` header":                           {"", []attempt{read(headed(`{"alg":"HS256","crit":["exp"]}`)), read(headed(`{"alg":"HS256","b64":false}`))}},
		"a `kid` or `typ` that is not a string":              {"", []attempt{read(headed(`{"alg":"HS256","kid":1}`)), read(headed(`{"alg":"HS256","typ":1}`))}},
		"the same member twice, at any depth":                {"", []attempt{read(token(`{"sub":"a","sub":"b"}`)), read(token(`{"a":[{"b":1,"b":1}]}`)), read(headed(`{"alg":"HS256","x":1,"x":2}`))}},
		"text that is not UTF-8, or has a lone surrogate":    {"", []attempt{read(token("{\"a\":\"\xff\"}")), read(token(`{"a":"\ud800"}`))}},
		"a payload of `null`":                                {"", []attempt{read(token(`null`))}},
		"text after the payload, with `WithJSONNumber`":      {"", []attempt{trailing()}},
		"a token over 64 KiB":                                {"WithMaxSize", []attempt{read(token(`{"a":"`+long+`"}`), jwt.WithMaxSize(1<<20))}},
		"a header over 16 KiB":                               {"", []attempt{read(headed(`{"alg":"HS256","x":"` + long[:20_000] + `"}`))}},
		"JSON with more than 64 levels":                      {"", []attempt{read(token(deep))}},
	}
}

func strictClaims() map[string]proof {
	soon := time.Now().Add(10 * time.Minute).Unix()
	return map[string]proof{
		"an `aud`, and no `WithAudience`":                                {"AllowAnyAudience", []attempt{read(token(`{"aud":"api"}`), jwt.AllowAnyAudience()), read(token(`{"aud":[]}`), jwt.AllowAnyAudience())}},
		"an `iat` in the future (v5)":                                    {"WithLeeway", []attempt{futureIssue(soon)}},
		"a fractional `nbf`, up to a second early":                       {"WithLeeway", []attempt{fraction()}},
		"an `exp` of 0, decoded into a map":                              {"AllowExpired", []attempt{read(token(`{"exp":0}`), jwt.AllowExpired())}},
		"a date in quotes, decoded into a struct":                        {"", []attempt{readStruct(token(`{"exp":"4102444800"}`))}},
		"a `null` date, decoded into a struct":                           {"", []attempt{readStruct(token(`{"exp":4102444800,"nbf":null}`))}},
		"`EXP` for `exp`, decoded into a struct":                         {"", []attempt{readStruct(token(`{"EXP":4102444800}`))}},
		"`iss`, `sub` or `jti` that is not a string, decoded into a map": {"", []attempt{read(token(`{"iss":1}`)), read(token(`{"sub":null}`)), read(token(`{"jti":[]}`))}},
		"an `aud` that is a number or an object, decoded into a map":     {"", []attempt{read(token(`{"aud":1}`)), read(token(`{"aud":{}}`))}},
		"a past `exp` that the claims type does not report":              {"AllowExpired", []attempt{blindly()}},
	}
}

func strictOptions() map[string]proof {
	option := func(v5 []jwt5.ParserOption, here ...jwt.VerifyOption) attempt {
		return attempt{
			func() error { _, err := parse5(token(`{}`), v5...); return err },
			nil,
			func(bool) error { _, err := verify[jwt.MapClaims](token(`{}`), here...); return err },
		}
	}
	return map[string]proof{
		"`WithIssuer(\"\")`, `WithSubject(\"\")`, `WithAudience()` (v5)": {"", []attempt{
			option([]jwt5.ParserOption{jwt5.WithIssuer("")}, jwt.WithIssuer("")),
			option([]jwt5.ParserOption{jwt5.WithSubject("")}, jwt.WithSubject("")),
			option([]jwt5.ParserOption{jwt5.WithAudience()}, jwt.WithAudience()),
		}},
		"an option given twice (v5)": {"", []attempt{
			option([]jwt5.ParserOption{jwt5.WithLeeway(0), jwt5.WithLeeway(time.Minute)}, jwt.WithLeeway(0), jwt.WithLeeway(time.Minute)),
		}},
		"a leeway that is negative or over an hour (v5)": {"", []attempt{
			option([]jwt5.ParserOption{jwt5.WithLeeway(-time.Second)}, jwt.WithLeeway(-time.Second)),
			option([]jwt5.ParserOption{jwt5.WithLeeway(2 * time.Hour)}, jwt.WithLeeway(2*time.Hour)),
		}},
		"signing claims that cannot be verified": {"", []attempt{
			sign(jwt5.MapClaims{"exp": time.Now()}, jwt.MapClaims{"exp": time.Now()}),
			sign(jwt5.MapClaims{"sub": 123}, jwt.MapClaims{"sub": 123}),
			sign(jwt5.MapClaims(nil), jwt.MapClaims(nil)),
		}},
	}
}

func strictHTTP() map[string]proof {
	request := func(change func(*http.Request)) *http.Request {
		r := must(http.NewRequest(http.MethodGet, "https://api.example/", nil))
		change(r)
		return r
	}
	verifier := must(jwt.NewVerifier[jwt.MapClaims](must(jwt.NewSecretKey(secret)), []jwt.Algorithm{jwt.HS256}))
	extract := func(r *http.Request, v5 request5.Extractor, v4 request4.Extractor, opts ...jwthttp.Option) attempt {
		return attempt{
			func() error { _, err := v5.ExtractToken(r); return err },
			func() error { _, err := v4.ExtractToken(r); return err },
			func(allow bool) (rejected error) {
				with := []jwthttp.Option{jwthttp.WithErrorHandler(func(_ http.ResponseWriter, _ *http.Request, err error) { rejected = err })}
				if allow {
					with = append(with, opts...)
				}
				handler := jwthttp.Middleware(verifier, with...)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
				handler.ServeHTTP(httptest.NewRecorder(), r)
				return rejected
			},
		}
	}
	fromQuery := jwthttp.WithTokenFrom(func(r *http.Request) (string, error) { return r.FormValue("access_token"), nil })
	fromHeader := jwthttp.WithTokenFrom(jwthttp.FromHeader("Authorization"))
	query := request(func(r *http.Request) { r.URL.RawQuery = "access_token=" + token(`{}`) })
	bare := request(func(r *http.Request) { r.Header.Set("Authorization", token(`{}`)) })
	twice := request(func(r *http.Request) {
		r.Header["Authorization"] = []string{"Bearer " + token(`{}`), "Bearer " + token(`{"sub":"a"}`)}
	})
	return map[string]proof{
		"a token in the query or a form, with `request.OAuth2Extractor`":          {"jwthttp.WithTokenFrom", []attempt{extract(query, request5.OAuth2Extractor, request4.OAuth2Extractor, fromQuery)}},
		"a token without \"Bearer\", with `request.AuthorizationHeaderExtractor`": {"jwthttp.WithTokenFrom", []attempt{extract(bare, request5.AuthorizationHeaderExtractor, request4.AuthorizationHeaderExtractor, fromHeader)}},
		"two `Authorization` headers, with `request.BearerExtractor`":             {"", []attempt{extract(twice, request5.BearerExtractor{}, request4.BearerExtractor{})}},
	}
}

// strayBit sets the last bit of base64url text whose length does not use it.
func strayBit(text string) string {
	last := len(text) - 1
	return text[:last] + string(text[last]+1)
}

func noList() attempt {
	return attempt{
		func() error { _, err := jwt5.Parse(token(`{}`), key5); return err },
		func() error { _, err := jwt4.Parse(token(`{}`), key4); return err },
		func(bool) error {
			_, err := jwt.Verify[jwt.MapClaims](token(`{}`), must(jwt.NewSecretKey(secret)), nil)
			return err
		},
	}
}

func none() attempt {
	raw := encode(`{"alg":"none"}`) + "." + encode(`{}`) + "."
	return attempt{
		func() error {
			_, err := jwt5.Parse(raw, func(*jwt5.Token) (any, error) { return jwt5.UnsafeAllowNoneSignatureType, nil })
			return err
		},
		func() error {
			_, err := jwt4.Parse(raw, func(*jwt4.Token) (any, error) { return jwt4.UnsafeAllowNoneSignatureType, nil })
			return err
		},
		func(bool) error { _, err := verify[jwt.MapClaims](raw); return err },
	}
}

func trailing() attempt {
	raw := token(`{"sub":"a"}{"sub":"b"}`)
	return attempt{
		func() error { _, err := parse5(raw, jwt5.WithJSONNumber()); return err },
		func() error { _, err := jwt4.Parse(raw, key4, jwt4.WithJSONNumber()); return err },
		func(bool) error { _, err := verify[jwt.MapClaims](raw); return err },
	}
}

func futureIssue(iat int64) attempt {
	raw := token(string(must(json.Marshal(map[string]any{"iat": iat}))))
	a := read(raw, jwt.WithLeeway(10*time.Minute))
	a.v4 = nil
	return a
}

// fraction verifies half a second before nbf.
func fraction() attempt {
	now := time.Unix(1_700_000_000, 0)
	raw := token(`{"nbf":1700000000.5}`)
	return attempt{
		func() error {
			_, err := parse5(raw, jwt5.WithTimeFunc(func() time.Time { return now }))
			return err
		},
		func() error {
			defer func() { jwt4.TimeFunc = time.Now }()
			jwt4.TimeFunc = func() time.Time { return now }
			_, err := parse4(raw)
			return err
		},
		func(allow bool) error {
			opts := []jwt.VerifyOption{jwt.WithClock(func() time.Time { return now })}
			if allow {
				opts = append(opts, jwt.WithLeeway(time.Second))
			}
			_, err := verify[jwt.MapClaims](raw, opts...)
			return err
		},
	}
}

// blind5 and blind4 have their own exp, which hides the embedded one.
type blind5 struct {
	jwt5.RegisteredClaims
	Expires int64 `json:"exp"`
}

type blind4 struct {
	jwt4.RegisteredClaims
	Expires int64 `json:"exp"`
}

type blind struct {
	jwt.RegisteredClaims
	Expires int64 `json:"exp"`
}

func blindly() attempt {
	raw := token(`{"exp":1}`)
	return attempt{
		func() error { _, err := jwt5.ParseWithClaims(raw, &blind5{}, key5); return err },
		func() error { _, err := jwt4.ParseWithClaims(raw, &blind4{}, key4); return err },
		func(allow bool) error {
			var opts []jwt.VerifyOption
			if allow {
				opts = append(opts, jwt.AllowExpired())
			}
			_, err := verify[blind](raw, opts...)
			return err
		},
	}
}

func sign(v5 jwt5.MapClaims, here jwt.MapClaims) attempt {
	return attempt{
		func() error {
			_, err := jwt5.NewWithClaims(jwt5.SigningMethodHS256, v5).SignedString(secret)
			return err
		},
		func() error {
			_, err := jwt4.NewWithClaims(jwt4.SigningMethodHS256, jwt4.MapClaims(v5)).SignedString(secret)
			return err
		},
		func(bool) error { _, err := jwt.Sign(here, must(jwt.NewSecretKey(secret)), jwt.HS256); return err },
	}
}
