package docs_test

import (
	"bytes"
	"errors"
	"expvar"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwttest"
	"github.com/stretchr/testify/require"
)

// ready answers whether the service can verify tokens.
func ready(keys *jwks.Source) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := keys.Keys(r.Context(), jwt.Header{}); err != nil {
			slog.WarnContext(r.Context(), "not ready", "error", err)
			http.Error(w, "no keys", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// measure publishes what the source has, read whenever the metrics are.
func measure(name string, keys *jwks.Source) {
	expvar.Publish(name, expvar.Func(func() any {
		st := keys.Status()
		return map[string]any{
			"keys":               st.Keys,
			"skipped":            len(st.Skipped),
			"failures":           st.Failures,
			"age_seconds":        time.Since(st.Fetched).Seconds(),
			"seconds_to_stale":   time.Until(st.StaleAt).Seconds(),
			"last_fetch_seconds": st.Duration.Seconds(),
		}
	}))
}

// logFetch writes a line for each fetch that fails, and for keys that were skipped.
func logFetch(st jwks.Status) {
	log := slog.With("url", st.URL, "keys", st.Keys, "duration", st.Duration)
	if st.Err != nil {
		log.Error("keys not fetched", "failures", st.Failures, "stale_at", st.StaleAt, "next_try", st.NextTry, "error", st.Err)
		return
	}
	log.Debug("keys fetched", "fresh_until", st.FreshUntil)
	if len(st.Skipped) > 0 {
		log.Warn("keys skipped", "error", errors.Join(st.Skipped...))
	}
}

func TestOperating(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(before)
	issuer := jwttest.NewIssuer(t)
	keys, err := jwks.Discover(issuer.URL(), jwks.AllowHTTP(), jwks.WithClock(issuer.Clock()), jwks.WithOnFetch(logFetch))
	require.NoError(t, err)
	status := func() int {
		w := httptest.NewRecorder()
		ready(keys)(w, httptest.NewRequest(http.MethodGet, "/ready", nil))
		return w.Code
	}

	issuer.SetOutage(true)
	require.Equal(t, http.StatusServiceUnavailable, status())
	require.Contains(t, out.String(), `level=ERROR msg="keys not fetched" url=`+issuer.URL()+` keys=0`)
	issuer.SetOutage(false)
	issuer.Advance(time.Minute)
	require.Equal(t, http.StatusNoContent, status())
	require.Contains(t, out.String(), `level=DEBUG msg="keys fetched"`)
	issuer.SetOutage(true)
	issuer.Advance(20 * time.Hour)
	require.Equal(t, http.StatusNoContent, status(), "up to the stale limit it is")

	measure("jwt_keys", keys)
	require.Contains(t, expvar.Get("jwt_keys").String(), `"keys":1`)

	logFetch(jwks.Status{Keys: 1, Skipped: []error{errors.New("of another kind")}})
	require.Contains(t, out.String(), `level=WARN msg="keys skipped"`)
}
