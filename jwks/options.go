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
	// minCooldown keeps WithCooldown from disabling the protection.
	minCooldown = time.Second
)

// Option configures a [Source]; it is passed to [New] and [Discover]. The interface is sealed.
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
	onFetch      func(Status) // nil: none
	allowHTTP    bool

	given []string
}

// WithHTTPClient sets the client to fetch with, for a proxy, a private certificate authority,
// credentials, or a dialer that refuses private addresses. The default is one with
// [http.DefaultTransport]. It is copied, and the copy has no cookie jar and follows no redirect.
// Its own Timeout also applies. New returns [jwt.ErrInvalidOption] for a nil client.
func WithHTTPClient(client *http.Client) Option {
	return &option{"WithHTTPClient", func(c *config) error {
		if c.client = client; client == nil {
			return invalid("WithHTTPClient: the client is nil")
		}
		return nil
	}}
}

// WithMaxFreshness limits how long a fetched set is used before it is requested again, whatever
// the provider's Cache-Control says. The default is 1 hour. It bounds how long a
// removed key is trusted while fetches succeed. New returns [jwt.ErrInvalidOption] for less than
// a minute, or than the cooldown.
func WithMaxFreshness(d time.Duration) Option {
	return &option{"WithMaxFreshness", func(c *config) error {
		if c.maxFreshness = d; d < minFreshness {
			return invalid("WithMaxFreshness: %s is under a minute", d)
		}
		return nil
	}}
}

// WithCooldown sets how long it takes to get back one of the five tries that tokens use up. The
// default is 30 seconds. It is also the minimum freshness of a set, and the first pause after a
// failure. New returns [jwt.ErrInvalidOption] for less than a second, or
// more than the maximum freshness.
func WithCooldown(d time.Duration) Option {
	return &option{"WithCooldown", func(c *config) error {
		if c.cooldown = d; d < minCooldown {
			return invalid("WithCooldown: %s is under a second", d)
		}
		return nil
	}}
}

// WithStaleLimit sets how long a set is still used while fetches fail, counted from the start of
// the last successful one. The default is 24 hours. After that there are no keys, and lookups fail
// with [jwt.ErrKeysUnavailable]. New returns [jwt.ErrInvalidOption] for less than the maximum
// freshness.
func WithStaleLimit(d time.Duration) Option {
	return &option{"WithStaleLimit", func(c *config) error {
		if c.staleLimit = d; d <= 0 {
			return invalid("WithStaleLimit: %s is not positive", d)
		}
		return nil
	}}
}

// WithTimeout sets how long one fetch may take from the first connection to the last byte,
// discovery included. The default is 5 seconds. It is counted in real time, also under
// [WithClock]. New returns [jwt.ErrInvalidOption] for zero or less.
func WithTimeout(d time.Duration) Option {
	return &option{"WithTimeout", func(c *config) error {
		if c.timeout = d; d <= 0 {
			return invalid("WithTimeout: %s is not positive", d)
		}
		return nil
	}}
}

// WithClock replaces [time.Now] for the age of sets, the tries and the pauses, for tests. New
// returns [jwt.ErrInvalidOption] for a nil clock.
func WithClock(now func() time.Time) Option {
	return &option{"WithClock", func(c *config) error {
		if c.now = now; now == nil {
			return invalid("WithClock: the clock is nil")
		}
		return nil
	}}
}

// WithOnFetch sets a function that is called after each fetch, successful or not, with the
// resulting [Status]: for metrics and logs. It is called on the goroutine of the fetch, without
// locks held, and may call [Source.Status] and [Source.Keys]. Callers that wait for the fetch also
// wait for this function, so it should return quickly. New returns [jwt.ErrInvalidOption] for a nil
// function.
func WithOnFetch(f func(Status)) Option {
	return &option{"WithOnFetch", func(c *config) error {
		if c.onFetch = f; f == nil {
			return invalid("WithOnFetch: the function is nil")
		}
		return nil
	}}
}

// AllowHTTP accepts http URLs beside https ones, also as a jwks_uri of metadata: for loopback
// and tests. Anyone who can change what comes over such a connection can forge tokens that
// verify.
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

// httpClient returns the client to use. The caller's may have cookies, and may follow redirects,
// which would make every host on the way a source of keys.
func (c *config) httpClient() *http.Client {
	client := *c.client
	client.Jar = nil
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}
