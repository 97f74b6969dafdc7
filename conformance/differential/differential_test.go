// Package differential compares the library with golang-jwt, go-jose and jwx on tokens
// that are slightly wrong, and with a list of rules that says why each is refused.
package differential

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"example.com/jwt/conformance/internal/readme"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	seed   = flag.Uint64("seed", 0, "makes other mutations")
	rounds = flag.Int("rounds", 1, "makes so many times 24,000 mutations")
)

// tally counts what was seen of each pair of a rule, or difference, and a peer.
type tally struct {
	accepted, refused int
	laxer, stricter   int // verdicts of peers that differ
	byRule            map[string]int
	unexplained       map[string]int
}

// compare runs one token through all verifiers, and looks for an explanation of each
// difference.
func (c *tally) compare(t *testing.T, v *verifiers, name, token string) {
	f := examine(token, v.policy)
	var broken []*rule
	for i := range rules {
		if f.parts != nil && rules[i].applies(f) {
			broken = append(broken, &rules[i])
			c.byRule[rules[i].name]++
		}
	}
	_, err := v.own.Verify(token)
	shouldRefuse := f.parts == nil || len(broken) > 0
	require.Equal(t, shouldRefuse, err != nil, "%s: rules: %q, but the library says: %v\nheader %q\npayload %q\ntoken %.300q", name, names(broken), err, f.header.raw, f.payload.raw, token)
	if err != nil {
		c.refused++
	} else {
		c.accepted++
	}
	for _, peer := range peerNames {
		peerErr := v.verify(peer, token)
		switch {
		case err != nil && peerErr == nil:
			c.laxer++
			c.explainLaxer(t, f, name, peer, broken)
		case err == nil && peerErr != nil:
			c.stricter++
			c.explainStricter(t, f, name, peer, peerErr)
		}
	}
}

// explainLaxer wants the peer to be named by every rule that the token breaks.
func (c *tally) explainLaxer(t *testing.T, f *facts, name, peer string, broken []*rule) {
	if f.parts == nil {
		c.report(t, f, "laxer: "+peer+": not three segments", name)
	}
	for _, r := range broken {
		as, ok := r.allows(peer, f)
		if ok {
			c.byRule[r.name+"|"+as]++
		} else {
			c.report(t, f, fmt.Sprintf("laxer: %s: %s", peer, r.name), fmt.Sprintf("%s %q", name, names(broken)))
		}
	}
}

func (c *tally) explainStricter(t *testing.T, f *facts, name, peer string, peerErr error) {
	explained := false
	for _, d := range differences {
		if d.applies(f) && slices.Contains(d.stricter, peer) {
			c.byRule[d.name+"|"+peer]++
			explained = true
		}
	}
	if !explained {
		c.report(t, f, fmt.Sprintf("stricter: %s: %.60v", peer, peerErr), name)
	}
}

func (c *tally) report(t *testing.T, f *facts, what, name string) {
	if c.unexplained[what]++; c.unexplained[what] <= 4 {
		t.Errorf("unexplained: %s (%s)\nheader %.200q\npayload %.300q\ntoken of %d bytes: %.40q…", what, name, f.header.raw, f.payload.raw, len(f.token), f.token)
	}
}

func names(list []*rule) []string {
	var names []string
	for _, r := range list {
		names = append(names, r.name)
	}
	return names
}

// TestDifferences runs the probes and then the mutations; both together must use every
// row of the tables.
func TestDifferences(t *testing.T) {
	c := &tally{byRule: map[string]int{}, unexplained: map[string]int{}}
	keys := newKeys(t)
	v := newVerifiers(t, &policy{key: keys[0]})
	for _, probe := range probes {
		token := probe.token(keys[0])
		_, err := v.own.Verify(token)
		require.Equal(t, probe.good, err == nil, "%s: %v", probe.name, err)
		c.compare(t, v, probe.name, token)
	}
	for i, k := range keys {
		for j, profile := range []bool{false, true} {
			p := &policy{k, profile}
			v := newVerifiers(t, p)
			g := &generator{rand.New(rand.NewPCG(*seed, uint64(2*i+j))), p, keys[(i+1)%len(keys)]}
			for n := range k.tokens * *rounds {
				c.compare(t, v, fmt.Sprintf("%s %t %d", k.alg, profile, n), g.token())
			}
		}
	}
	require.Empty(t, c.unexplained)
	c.requireAllUsed(t)
	t.Logf("differential: %d probes and %d mutations through 6 verifiers: the library accepts %d and refuses %d", len(probes), c.accepted+c.refused-len(probes), c.accepted, c.refused)
	t.Logf("explained: a peer laxer %d times, by %d rules, or stricter %d times, for %d reasons", c.laxer, len(rules), c.stricter, len(differences))
	require.Equal(t, []int{84, 24000 * *rounds}, []int{len(probes), c.accepted + c.refused - len(probes)})
	require.Greater(t, c.accepted, 7000**rounds)
}

// requireAllUsed finds rows of the tables that say nothing any more.
func (c *tally) requireAllUsed(t *testing.T) {
	for _, r := range rules {
		assert.Positive(t, c.byRule[r.name], "no token breaks the rule %q", r.name)
		for _, peer := range r.laxer {
			assert.Positive(t, c.byRule[r.name+"|"+peer], "%s accepts no token that breaks only rules such as %q", peer, r.name)
		}
	}
	for _, d := range differences {
		for _, peer := range d.stricter {
			assert.Positive(t, c.byRule[d.name+"|"+peer], "%s refuses no token because of %q", peer, d.name)
		}
	}
}

func TestREADME(t *testing.T) {
	rows := [][]string{{"refused", "because of", "accepted by"}}
	for _, r := range rules {
		rows = append(rows, []string{r.name, r.section, strings.Join(r.laxer, "; ")})
	}
	readme.Check(t, "rules", readme.Table(rows...))
	rows = [][]string{{"accepted", "because of", "refused by"}}
	for _, d := range differences {
		rows = append(rows, []string{d.name, d.section, strings.Join(d.stricter, "; ")})
	}
	readme.Check(t, "differences", readme.Table(rows...))
}
