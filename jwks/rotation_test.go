package jwks_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

const (
	day           = 24 * time.Hour
	tokenLifetime = time.Hour
	maxFreshness  = time.Hour      // the default
	staleLimit    = 24 * time.Hour // the default

	// fetchBound is the bound of the package documentation: 3,600 s / 30 s + 5.
	fetchBound = 125
)

// era is the life of one of the issuer's keys.
type era struct {
	kid                string
	published, removed time.Time
	signs              time.Time // until the next era's
}

// outage is a time in which the issuer's keys cannot be had.
type outage struct{ from, until time.Time }

// timeline is what happens at one issuer: a rotation every day, and three outages.
type timeline struct {
	start   time.Time
	eras    []era
	outages []outage
}

// newTimeline makes a timeline. A new key is published so long before it signs, and an
// old one kept so long after; both are the issuers' rule if they are the maximum freshness
// and the lifetime of tokens.
func newTimeline(start time.Time, days int, before, after time.Duration, random *rand.Rand) *timeline {
	tl := &timeline{start: start}
	duration := func(n time.Duration) time.Duration { return time.Duration(random.Int64N(int64(n))) }
	for i := range 3 { // at times of the day at which keys come or go
		from := start.Add(time.Duration(1+i*days/3)*day + time.Hour + duration(3*time.Hour))
		tl.outages = append(tl.outages, outage{from, from.Add(time.Hour + duration(11*time.Hour))})
	}
	for i := range days + 1 {
		e := era{kid: "key" + strconv.Itoa(i), published: start, signs: start, removed: start.Add(1000 * day)}
		if i > 0 {
			e.published = start.Add(time.Duration(i)*day + duration(2*time.Hour))
			e.signs = tl.reachableFor(e.published, before)
			tl.eras[i-1].removed = e.signs.Add(after)
		}
		tl.eras = append(tl.eras, e)
	}
	return tl
}

// reachableFor gives the first time at which the keys have been there to fetch for d. Time
// in an outage does not count as published.
func (tl *timeline) reachableFor(published time.Time, d time.Duration) time.Time {
	ready := published.Add(d)
	for _, o := range tl.outages {
		if d > 0 && published.Before(o.until) && ready.After(o.from) {
			published, ready = o.until, o.until.Add(d)
		}
	}
	return ready
}

// signer is the key that signs at a time.
func (tl *timeline) signer(at time.Time) string {
	kid := ""
	for _, e := range tl.eras {
		if !e.signs.After(at) {
			kid = e.kid
		}
	}
	return kid
}

func (tl *timeline) published(at time.Time) (kids []string) {
	for _, e := range tl.eras {
		if !e.published.After(at) && at.Before(e.removed) {
			kids = append(kids, e.kid)
		}
	}
	return kids
}

func (tl *timeline) down(at time.Time) bool {
	return slices.ContainsFunc(tl.outages, func(o outage) bool { return !at.Before(o.from) && at.Before(o.until) })
}

// report is what a simulation has seen, over all sources.
type report struct {
	mu          sync.Mutex
	valid       int // valid tokens
	refused     int // of them, refused as the token's fault
	unavailable int // of them, not verified because there were no keys
	forged      int // unknown kids
	removed     int // tokens of removed keys
	wrong       []string

	fetches        int
	mostPerHour    int           // fetches of one source
	longestTrust   time.Duration // of a removed key since the last fetch that succeeded
	longestOutage  time.Duration // the same while fetches failed
	revalidations  int
	realSignatures int
}

func (r *report) wrongf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.wrong) < 10 {
		r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
	}
}

// simulation is one issuer and its sources. Signatures are made and checked now and then
// only: what is simulated is which keys are there.
type simulation struct {
	*timeline
	report
	keys map[string]*jwt.PrivateKey
}

// client is one service with its source, and the network between it and the issuer.
type client struct {
	*simulation
	source *jwks.Source
	random *rand.Rand

	mu        sync.Mutex
	fetched   []time.Time // when requests began
	succeeded time.Time   // when the request of the last good answer began
	landed    time.Time   // when that answer came
	failing   bool        // the last one failed
	gone      string      // the last kid that was found to be gone
}

// RoundTrip is the issuer, and a network that loses or delays one answer in a hundred.
func (c *client) RoundTrip(r *http.Request) (*http.Response, error) {
	now := time.Now()
	c.mu.Lock()
	c.fetched = append(c.fetched, now)
	fate := c.random.IntN(400)
	c.mu.Unlock()
	if c.down(now) {
		fate %= 3
	}
	answer, err := c.respond(r, now, fate)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failing = err != nil || answer.StatusCode >= 400; !c.failing {
		c.succeeded, c.landed = now, time.Now()
	}
	return answer, err
}

func (c *client) respond(r *http.Request, now time.Time, fate int) (*http.Response, error) {
	switch fate {
	case 0:
		return nil, errDown
	case 1:
		return respond(503, ""), nil
	case 2:
		return hang(r)
	case 3:
		time.Sleep(4 * time.Second)
	}
	kids := c.published(now)
	etag := strconv.Quote(strings.Join(kids, " "))
	if r.Header.Get("If-None-Match") == etag {
		c.report.mu.Lock()
		c.revalidations++
		c.report.mu.Unlock()
		return respond(304, "", "Cache-Control", "max-age=3600"), nil
	}
	keys := make([]jwt.VerificationKey, len(kids))
	for i, kid := range kids {
		keys[i] = c.keys[kid].Public()
	}
	return respond(200, setText(keys...), "Cache-Control", "max-age=3600", "ETag", etag), nil
}

// run is the life of a service: a token a minute, more while a new key begins to sign, and often
// an attack beside.
func (c *client) run(until time.Time) {
	var attack sync.WaitGroup
	defer attack.Wait()
	c.boot()
	attack.Go(func() { c.attack(until) })
	for time.Now().Before(until) {
		c.verifyValid()
		c.verifyRemoved()
		if c.rotating(2 * time.Minute) {
			time.Sleep(5 * time.Second)
		} else {
			time.Sleep(time.Minute)
		}
	}
}

// boot waits until the service has keys. Until then it is not in the simulation.
func (c *client) boot() {
	time.Sleep(time.Duration(c.random.Int64N(int64(time.Minute))))
	for c.source.Refresh(context.Background()) != nil {
		time.Sleep(time.Second)
	}
}

// verifyValid looks up the key of a token that was signed now, or within the last token
// lifetime.
func (c *client) verifyValid() {
	issued := time.Now()
	if c.rnd(2) == 0 {
		issued = issued.Add(-time.Duration(c.rnd(int64(tokenLifetime))))
	}
	if issued.Before(c.start) {
		issued = c.start
	}
	kid := c.signer(issued)
	var err error
	if c.rnd(600) == 0 {
		var raw string
		if raw, err = jwt.Sign(jwt.MapClaims{"sub": "alice"}, c.keys[kid], jwt.EdDSA); err == nil {
			_, err = jwt.Verify[jwt.MapClaims](raw, jwt.KeyFunc(c.source.Keys), eddsa)
		}
		c.report.mu.Lock()
		c.realSignatures++
		c.report.mu.Unlock()
	} else {
		err = lookup(c.source, kid)
	}
	c.report.mu.Lock()
	defer c.report.mu.Unlock()
	c.valid++
	switch {
	case err == nil:
	case errors.Is(err, jwt.ErrInvalidToken):
		c.refused++
	default:
		c.unavailable++
	}
}

// verifyRemoved looks up the key that was removed last, until it is found to be gone, and
// whether it may still be there. After that it would be an unknown kid like any other, and
// make the source fetch more often.
func (c *client) verifyRemoved() {
	kid, removed := "", time.Time{}
	for _, e := range c.eras {
		if !e.removed.After(time.Now()) {
			kid, removed = e.kid, e.removed
		}
	}
	if kid == c.gone {
		return
	}
	err := lookup(c.source, kid)
	if err != nil {
		c.gone = kid
	}
	now := time.Now()
	c.mu.Lock()
	age, failing, succeeded, landed := now.Sub(c.succeeded), c.failing, c.succeeded, c.landed
	c.mu.Unlock()
	c.report.mu.Lock()
	c.removed++
	if err == nil && !failing {
		c.longestTrust = max(c.longestTrust, age)
	} else if err == nil {
		c.longestOutage = max(c.longestOutage, age)
	}
	c.report.mu.Unlock()
	switch {
	case err != nil:
	case !succeeded.Before(removed) && landed.Before(now):
		c.wrongf("%s: %s is trusted after a fetch without it", now, kid)
	case !failing && age > maxFreshness:
		c.wrongf("%s: %s is trusted %s after the last fetch", now, kid, age)
	case failing && age > staleLimit:
		c.wrongf("%s: %s is trusted %s after the last fetch that succeeded", now, kid, age)
	}
}

// attack sends 100 unknown kids a minute, in four bursts, in the time around the first
// signature of each key, when they do most harm.
func (c *client) attack(until time.Time) {
	for time.Now().Before(until) {
		if !c.rotating(45 * time.Minute) {
			time.Sleep(time.Minute)
			continue
		}
		for i := range 25 {
			if err := lookup(c.source, "forged"+strconv.Itoa(i)); err == nil {
				c.wrongf("%s: an unknown kid is accepted", time.Now())
			}
		}
		c.report.mu.Lock()
		c.forged += 25
		c.report.mu.Unlock()
		time.Sleep(15 * time.Second)
	}
}

// rotating reports whether a key begins to sign at about this time.
func (c *client) rotating(about time.Duration) bool {
	now := time.Now()
	return slices.ContainsFunc(c.eras, func(e era) bool { return now.Sub(e.signs).Abs() < about })
}

func (c *client) rnd(n int64) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.random.Int64N(n)
}

// count adds up the fetches, and finds the hour with the most of them.
func (c *client) count() {
	c.fetches += len(c.fetched)
	for i, j := 0, 0; j < len(c.fetched); j++ {
		for c.fetched[j].Sub(c.fetched[i]) >= time.Hour {
			i++
		}
		c.mostPerHour = max(c.mostPerHour, j-i+1)
	}
}

// simulate runs so many sources for so many days.
func simulate(t *testing.T, sources, days int, before, after time.Duration) *report {
	t.Helper()
	keys := make(map[string]*jwt.PrivateKey)
	for i := range days + 1 {
		kid := "key" + strconv.Itoa(i)
		keys[kid] = pair(t, kid)
	}
	var s *simulation
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s = &simulation{
			timeline: newTimeline(start, days, before, after, rand.New(rand.NewPCG(6, uint64(days)))),
			keys:     keys,
		}
		clients := make([]*client, sources)
		var all sync.WaitGroup
		for i := range clients {
			c := &client{simulation: s, random: rand.New(rand.NewPCG(7, uint64(i)))}
			var err error
			c.source, err = jwks.New(testURL, jwks.WithHTTPClient(&http.Client{Transport: c}))
			require.NoError(t, err)
			clients[i] = c
			all.Go(func() { c.run(start.Add(time.Duration(days) * day)) })
		}
		all.Wait()
		time.Sleep(time.Minute) // for fetches that nobody waits for
		for _, c := range clients {
			c.count()
		}
	})
	r := &s.report
	t.Logf("%d sources, %d days: %d valid tokens, %d refused, %d unavailable; %d unknown kids; %d fetches, %d without change, at most %d an hour; "+
		"a removed key was seen %s after a fetch, %s in an outage", sources, days, r.valid, r.refused, r.unavailable, r.forged, r.fetches,
		r.revalidations, r.mostPerHour, r.longestTrust, r.longestOutage)
	return r
}

// TestRotation runs 20 sources for 30 days. JWKS_SIMULATED_SOURCES=1000 makes it 1,000, and
// wants -timeout 1h.
func TestRotation(t *testing.T) {
	sources := 20
	if text := os.Getenv("JWKS_SIMULATED_SOURCES"); text != "" {
		var err error
		sources, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	r := simulate(t, sources, 30, maxFreshness, tokenLifetime)
	require.Empty(t, r.wrong)
	require.Zero(t, r.refused, "a valid token is refused")
	require.Zero(t, r.unavailable, "there are no keys for a valid token")
	require.LessOrEqual(t, r.mostPerHour, fetchBound)

	// It has seen what it is about.
	require.Greater(t, r.valid, sources*30*1400)
	require.Greater(t, r.forged, sources*30*100*80)
	require.Greater(t, r.removed, sources*30)
	require.Greater(t, r.realSignatures, sources*30)
	require.Greater(t, r.revalidations, sources*30)
	require.GreaterOrEqual(t, r.mostPerHour, 110, "an attack is felt")
	require.Less(t, r.fetches, sources*30*24*fetchBound)
	require.Greater(t, r.longestTrust, 30*time.Minute)
	require.Greater(t, r.longestOutage, time.Hour)
}

// TestRotationAgainstTheRule: issuers that break the rule have valid tokens refused.
func TestRotationAgainstTheRule(t *testing.T) {
	for name, c := range map[string]struct{ before, after time.Duration }{
		"a key signs when it is published": {0, tokenLifetime},
		"a key is removed when it is over": {maxFreshness, 0},
		"a key is kept too short":          {maxFreshness, tokenLifetime / 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := simulate(t, 10, 6, c.before, c.after)
			require.NotZero(t, r.refused)
			require.Empty(t, r.wrong)
			require.LessOrEqual(t, r.mostPerHour, fetchBound)
		})
	}
}
