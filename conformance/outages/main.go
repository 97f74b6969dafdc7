// Outages lets a provider on loopback fail in several ways, in real time, and counts the valid
// tokens that this library, keyfunc and go-oidc refuse meanwhile, each as its documentation
// says to use it. It takes two minutes, and prints the table of docs/operating.md:
//
//	go run ./outages
package main

import (
	"context"
	"fmt"
	"log"
	"sync"
	"time"
)

// timeout is how long a request to a service waits for its answer.
const timeout = 5 * time.Second

// scenario is what happens at a provider, and which tokens come.
type scenario struct {
	name    string
	length  time.Duration
	steps   []step
	signer  string        // the kid of the tokens
	from    time.Duration // when the first one comes
	counted time.Duration // from when they must be accepted
	forged  int           // unknown kids a second
	removed bool          // the tokens must not be accepted
}

type step struct {
	at time.Duration
	do func(*provider)
}

const second = time.Second

var scenarios = []scenario{
	{name: "the provider hangs", length: 110 * second, signer: "old", steps: []step{{5 * second, (*provider).hang}}},
	{name: "it starts 10 s after the service", length: 110 * second, signer: "old", counted: 10 * second,
		steps: []step{{0, (*provider).fail}, {10 * second, publish("old")}}},
	{name: "it rotates 5 s after a fetch", length: 60 * second, signer: "new", from: 5 * second, counted: 5 * second,
		steps: []step{{5 * second, publish("old", "new")}}},
	{name: "the same under 20 forged kids a second", length: 80 * second, signer: "new", from: 20 * second, counted: 20 * second, forged: 20,
		steps: []step{{20 * second, publish("old", "new")}}},
	{name: "it rotates in an outage of a minute", length: 110 * second, signer: "new", from: 10 * second, counted: 65 * second,
		steps: []step{{5 * second, (*provider).fail}, {65 * second, publish("old", "new")}}},
	{name: "one of two replicas lags for a minute", length: 80 * second, signer: "new", from: 5 * second, counted: 5 * second,
		steps: []step{{5 * second, (*provider).lag}, {65 * second, publish("old", "new")}}},
	{name: "it removes a key: tokens of it that are accepted more than 70 s later", length: 110 * second, signer: "old", from: 80 * second,
		counted: 80 * second, removed: true, steps: []step{{5 * second, publish("new")}}},
}

// result is what has come of a scenario with one library.
type result struct {
	mu                   sync.Mutex
	counted, wrong, sent int
	requests             int64
}

func main() {
	log.SetFlags(0)
	results := make([][]*result, len(scenarios))
	var all sync.WaitGroup
	for i, s := range scenarios {
		results[i] = make([]*result, len(libraries))
		for j, l := range libraries {
			results[i][j] = new(result)
			all.Go(func() { s.run(l, results[i][j]) })
		}
	}
	all.Wait()
	fmt.Print("| refused valid tokens (requests to the provider) |")
	for _, l := range libraries {
		fmt.Printf(" %s |", l.name)
	}
	fmt.Print("\n| --- |")
	for range libraries {
		fmt.Print(" --- |")
	}
	fmt.Println()
	for i, s := range scenarios {
		fmt.Printf("| %s |", s.name)
		for _, r := range results[i] {
			fmt.Printf(" %d of %d (%d) |", r.wrong, r.counted, r.requests)
		}
		fmt.Println()
	}
}

// run sends ten tokens a second.
func (s scenario) run(l library, r *result) {
	p := newProvider()
	defer p.close()
	p.publish("old")
	start := time.Now()
	if len(s.steps) > 0 && s.steps[0].at == 0 {
		s.steps[0].do(p)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	verify, err := l.new(ctx, p.url())
	if err != nil {
		log.Fatal(l.name, ": ", err)
	}
	_ = verify(ctx, p.sign("old")) // the service is warm
	for _, step := range s.steps {
		timer := time.AfterFunc(time.Until(start.Add(step.at)), func() { step.do(p) })
		defer timer.Stop()
	}
	var requests sync.WaitGroup
	request := func(kid string, done func(error)) {
		token := p.sign(kid)
		requests.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			outcome := make(chan error, 1)
			go func() { outcome <- verify(ctx, token) }()
			select {
			case err := <-outcome:
				done(err)
			case <-ctx.Done(): // the client has gone
				done(ctx.Err())
			}
		})
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for now := range tick.C {
		at := now.Sub(start)
		if at > s.length {
			break
		}
		for range s.forged / 10 {
			request(fmt.Sprint("forged", now.UnixNano()), func(error) {})
		}
		if at >= s.from {
			request(s.signer, func(err error) { r.add(at >= s.counted, (err == nil) == s.removed) })
		}
	}
	requests.Wait()
	r.requests = p.requests.Load()
}

func (r *result) add(counted, wrong bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent++
	if counted {
		r.counted++
	}
	if counted && wrong {
		r.wrong++
	}
}
