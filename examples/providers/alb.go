package providers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"sync"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
)

const (
	albKeys  = 16               // that are kept
	albAge   = 24 * time.Hour   // for so long, so a key that is withdrawn is used for a day at most
	albPause = 10 * time.Second // between two fetches, on average
	albBurst = 5                // fetches without a pause
)

var albKeyID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// ALBClaims are what an AWS Application Load Balancer was told of a user.
type ALBClaims struct {
	Email string `json:"email"`
}

// ALB has the keys of an AWS Application Load Balancer that authenticates users. There is no set:
// each key is a PEM file at an address that ends in its kid.
type ALB struct {
	url, arn, clientID string
	client             *http.Client
	fetching           chan struct{} // holds one element while a fetch is under way

	mu   sync.Mutex
	keys map[string]albKey // by kid
	next time.Time         // counts the fetches: it is never more than albBurst pauses behind
}

type albKey struct {
	key     *jwt.PublicKey
	fetched time.Time
}

// NewALB guards a handler behind a load balancer. The URL is
// https://public-keys.auth.elb.REGION.amazonaws.com; arn is that of the load balancer, clientID
// and issuer are those of its authenticate action.
func NewALB(client *http.Client, url, arn, clientID, issuer string) (func(http.Handler) http.Handler, error) {
	a := &ALB{url: url, arn: arn, clientID: clientID, client: client, fetching: make(chan struct{}, 1), keys: map[string]albKey{}}
	verifier, err := jwt.NewVerifier[ALBClaims](jwt.KeyFunc(a.Keys), []jwt.Algorithm{jwt.ES256}, jwt.AllowPaddedBase64(),
		jwt.WithIssuer(issuer), jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		return nil, err
	}
	return jwthttp.Middleware(verifier, jwthttp.WithTokenFrom(jwthttp.FromHeader("X-Amzn-Oidc-Data"))), nil
}

// Keys is the jwt.KeyFunc. All load balancers of a region, anybody's, have their keys at the same
// address, so the header must name this one. The header is signed too.
func (a *ALB) Keys(ctx context.Context, h jwt.Header) (jwt.KeySource, error) {
	if param(h, "signer") != a.arn || param(h, "client") != a.clientID {
		return nil, fmt.Errorf("%w: signed by another load balancer, or for another client", jwt.ErrKeyNotFound)
	}
	if !albKeyID.MatchString(h.KeyID) {
		return nil, fmt.Errorf("%w: the kid is not a UUID", jwt.ErrKeyNotFound)
	}
	if key, ok := a.known(h.KeyID); ok {
		return key, nil
	}
	select {
	case a.fetching <- struct{}{}:
		defer func() { <-a.fetching }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if key, ok := a.known(h.KeyID); ok { // somebody else has fetched it
		return key, nil
	}
	if !a.mayFetch() {
		return nil, errors.New("too many keys were asked for")
	}
	key, err := a.fetch(ctx, h.KeyID)
	if err != nil {
		return nil, err
	}
	a.keep(h.KeyID, key)
	return key, nil
}

func param(h jwt.Header, name string) string {
	var s string
	if value, ok := h.Param(name); !ok || json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

func (a *ALB) known(kid string) (*jwt.PublicKey, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, ok := a.keys[kid]
	return k.key, ok && time.Since(k.fetched) < albAge
}

// mayFetch limits what a client can cause that sends made-up kids.
func (a *ALB) mayFetch() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	if behind := now.Add(-albBurst * albPause); a.next.Before(behind) {
		a.next = behind
	}
	if a.next.Add(albPause).After(now) {
		return false
	}
	a.next = a.next.Add(albPause)
	return true
}

// keep forgets the oldest key if there are too many.
func (a *ALB) keep(kid string, key *jwt.PublicKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys[kid] = albKey{key, time.Now()}
	if len(a.keys) <= albKeys {
		return
	}
	oldest := kid
	for other, k := range a.keys {
		if k.fetched.Before(a.keys[oldest].fetched) {
			oldest = other
		}
	}
	delete(a.keys, oldest)
}

func (a *ALB) fetch(ctx context.Context, kid string) (*jwt.PublicKey, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+"/"+kid, nil)
	if err != nil {
		return nil, err
	}
	res, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusForbidden, http.StatusNotFound:
		return nil, fmt.Errorf("%w: status %d for this kid", jwt.ErrKeyNotFound, res.StatusCode)
	default:
		return nil, fmt.Errorf("status %d, want 200", res.StatusCode)
	}
	pem, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	return jwt.ParsePublicKey(pem, jwt.WithKeyID(kid), jwt.WithAlgorithm(jwt.ES256))
}
