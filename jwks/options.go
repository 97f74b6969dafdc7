package jwks

import (
	"net/http"
	"slices"
	"time"
)

const (
	// minFreshness is the least time that a fetched set is used before it is asked for
	// again, whatever the provider says.
	minFreshness = time.Minute
	// minCooldown keeps WithCooldown from switching the protection off.
	minCooldown = time.Second
)

// Option is an option of [New] and [Discover]. The interface is sealed.
type Option interface{ jwksOption() }

type option struct {
	name  string
	apply func(*config) error
}

// config is what the options of a Source set.
type config struct {
	client       *http.Client // the caller's; never used itself
	maxFreshness time.Duration
	cooldown     time.Duration
	staleLimit   time.Duration
	timeout      time.Duration
	now          func() time.Time
	allowHTTP    bool

	given []string
}

// WithHTTPClient sets the client to fetch with, for a proxy, a private certificate
// authority, or a dialer that refuses private addresses; the default is one with
// [http.DefaultTransport]. It is copied, and the copy has no cookie jar and follows no
// redirect. Its own Timeout also holds. A nil client is [jwt.ErrInvalidOption].
func WithHTTPClient(client *http.Client) Option {
	return &option{"WithHTTPClient", func(c *config) error {
		if c.client = client; client == nil {
			return invalid("WithHTTPClient: the client is nil")
		}
		return nil
	}}
}

// WithMaxFreshness sets how long a fetched set is used at most before it is asked for
// again, whatever the provider's Cache-Control says; the default is 1 hour. It bounds how
// long a removed key is trusted while fetches succeed. Less than a minute, or than the
// cooldown, is [jwt.ErrInvalidOption].
func WithMaxFreshness(d time.Duration) Option {
	return &option{"WithMaxFreshness", func(c *config) error {
		if c.maxFreshness = d; d < minFreshness {
			return invalid("WithMaxFreshness: %s is under a minute", d)
		}
		return nil
	}}
}

// WithCooldown sets the time after a fetch in which no token causes another one, whatever
// kid it names; the default is 30 seconds. Every set is used for at least as long. Less
// than a second, or more than the maximum freshness, is [jwt.ErrInvalidOption].
func WithCooldown(d time.Duration) Option {
	return &option{"WithCooldown", func(c *config) error {
		if c.cooldown = d; d < minCooldown {
			return invalid("WithCooldown: %s is under a second", d)
		}
		return nil
	}}
}

// WithStaleLimit sets how long after the last fetch that succeeded a set is still used
// while all others fail; the default is 24 hours. After that there are no keys, which is
// [jwt.ErrKeysUnavailable]. Less than the maximum freshness is [jwt.ErrInvalidOption].
func WithStaleLimit(d time.Duration) Option {
	return &option{"WithStaleLimit", func(c *config) error {
		if c.staleLimit = d; d <= 0 {
			return invalid("WithStaleLimit: %s is not positive", d)
		}
		return nil
	}}
}

// WithTimeout sets how long one fetch may take from the first connection to the last
// byte, discovery included; the default is 5 seconds. It is counted in real time, also
// under [WithClock]. Zero or less is [jwt.ErrInvalidOption].
func WithTimeout(d time.Duration) Option {
	return &option{"WithTimeout", func(c *config) error {
		if c.timeout = d; d <= 0 {
			return invalid("WithTimeout: %s is not positive", d)
		}
		return nil
	}}
}

// WithClock replaces [time.Now] for the age of sets, the cooldown and the retries, for
// tests. A nil clock is [jwt.ErrInvalidOption].
func WithClock(now func() time.Time) Option {
	return &option{"WithClock", func(c *config) error {
		if c.now = now; now == nil {
			return invalid("WithClock: the clock is nil")
		}
		return nil
	}}
}

// AllowHTTP accepts http URLs beside https ones, also as a discovery document's jwks_uri:
// for loopback and tests. Whoever can change what comes over such a connection can sign
// tokens that verify.
func AllowHTTP() Option {
	return &option{"AllowHTTP", func(c *config) error { c.allowHTTP = true; return nil }}
}

func (*option) jwksOption() {}

func newConfig(opts []Option) (*config, error) {
	c := &config{
		client:       &http.Client{},
		maxFreshness: time.Hour,
		cooldown:     30 * time.Second,
		staleLimit:   24 * time.Hour,
		timeout:      5 * time.Second,
		now:          time.Now,
	}
	for _, opt := range opts {
		o, _ := opt.(*option)
		if o == nil {
			return nil, invalid("an option is nil, or not of this package")
		}
		if slices.Contains(c.given, o.name) {
			return nil, invalid("%s is given twice", o.name)
		}
		c.given = append(c.given, o.name)
		if err := o.apply(c); err != nil {
			return nil, err
		}
	}
	return c, c.check()
}

// check compares the durations with each other.
func (c *config) check() error {
	switch {
	case c.cooldown > c.maxFreshness:
		return invalid("the cooldown of %s is longer than the maximum freshness of %s", c.cooldown, c.maxFreshness)
	case c.staleLimit < c.maxFreshness:
		return invalid("the stale limit of %s is shorter than the maximum freshness of %s: set both", c.staleLimit, c.maxFreshness)
	}
	return nil
}

// time is the wall clock. A monotonic reading would stand still while a machine sleeps,
// and a set look fresh afterwards.
func (c *config) time() time.Time { return c.now().Round(0) }

// httpClient gives the client to use: the caller's may have cookies, and may follow
// redirects, which would make every host of the way a source of keys.
func (c *config) httpClient() *http.Client {
	client := *c.client
	client.Jar = nil
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}
