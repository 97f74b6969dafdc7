//lint:file-ignore U1000 Embedded types that are never read are what is tested.

package nearmiss_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/nearmiss"
)

type (
	good        struct{ Role string }
	goodPointer struct{ Role string }
	goodToo     struct{ Role string }
	valid       struct{ Role string } // golang-jwt v3 and v4
	withContext struct{ Role string } // auth0
	silent      struct{ Role string }
	manyResults struct{ Role string }
	isValid     struct{ Role string }
	validFor    struct{ Role string }
	ownError    struct{ Role string }
	fault       struct{}
	named       []string
	asked       interface{ Validate(context.Context) error }
	validates   interface{ Validate() error }
	notPromoted struct {
		good
		goodPointer
	}
	hidden struct{ *hides }
	hides  struct {
		good
		Validate bool
	}
	deep struct{ one }
	one  struct{ *two }
	two  struct {
		valid `json:"-"`
	}
	mended    struct{ valid }
	overruled struct{ notPromoted }
	byDepth   struct {
		good
		deepGood
	}
	deepGood struct{ goodToo }
	field    struct {
		V        valid
		Validate func() error
		Valid    bool
	}
	unexported struct{ Role string }
	recursive  struct {
		*recursive
		Next *recursive
	}
	wrongAndLoop struct {
		*wrongAndLoop
		valid
	}
	generic[E any]    struct{ Inner E }
	embedsType[E any] struct {
		generic[E]
		withContext
	}
	endless *endless
	twice   struct {
		named
		withContext
	}
)

func (good) Validate() error                              { return nil }
func (*goodPointer) Validate() error                      { return nil }
func (goodToo) Validate() error                           { return nil }
func (valid) Valid() error                                { return nil }
func (*withContext) Validate(context.Context) error       { return nil }
func (silent) Validate()                                  {}
func (manyResults) Validate(string, ...int) (bool, error) { return true, nil }
func (isValid) Valid() bool                               { return true }
func (*validFor) Valid(string) (bool, error)              { return true, nil }
func (ownError) Valid() *fault                            { return nil }
func (*fault) Error() string                              { return "" }
func (named) Validate() bool                              { return true }
func (mended) Validate() error                            { return nil }
func (*overruled) Validate() error                        { return nil }
func (unexported) validate() error                        { return nil }

func TestChecksThatWouldBeCalled(t *testing.T) {
	_ = unexported.validate
	for _, claims := range []reflect.Type{
		reflect.TypeFor[good](), reflect.TypeFor[*good](), reflect.TypeFor[goodPointer](), reflect.TypeFor[*goodPointer](),
		reflect.TypeFor[struct{ good }](), reflect.TypeFor[struct{ *goodPointer }](), reflect.TypeFor[validates](), reflect.TypeFor[struct{ validates }](),
		reflect.TypeFor[mended](), reflect.TypeFor[*mended](), reflect.TypeFor[overruled](), reflect.TypeFor[byDepth](),
		// nothing that looks like one
		reflect.TypeFor[isValid](), reflect.TypeFor[field](), reflect.TypeFor[unexported](), reflect.TypeFor[recursive](), reflect.TypeFor[endless](),
		reflect.TypeFor[generic[valid]](), reflect.TypeFor[map[string]any](), reflect.TypeFor[any](), reflect.TypeFor[struct{}](), reflect.TypeFor[[]valid](),
	} {
		require.NoError(t, nearmiss.Check(claims), "%s", claims)
	}
}

func TestChecksThatWouldNeverBeCalled(t *testing.T) {
	cure := " is never called: add Validate() error, which may return nil"
	of := func(outer string) string {
		return " is never called, because nearmiss_test." + outer + " has no Validate() error: add one, which may return nil"
	}
	for _, row := range []struct {
		claims reflect.Type
		want   string
	}{
		{reflect.TypeFor[valid](), "Valid() error of nearmiss_test.valid" + cure},
		{reflect.TypeFor[*withContext](), "Validate(context.Context) error of nearmiss_test.withContext" + cure},
		{reflect.TypeFor[withContext](), "Validate(context.Context) error of nearmiss_test.withContext" + cure},
		{reflect.TypeFor[silent](), "Validate() of nearmiss_test.silent" + cure},
		{reflect.TypeFor[manyResults](), "Validate(string, []int) (bool, error) of nearmiss_test.manyResults" + cure},
		{reflect.TypeFor[validFor](), "Valid(string) (bool, error) of nearmiss_test.validFor" + cure},
		{reflect.TypeFor[ownError](), "Valid() *nearmiss_test.fault of nearmiss_test.ownError" + cure},
		{reflect.TypeFor[named](), "Validate() bool of nearmiss_test.named" + cure},
		{reflect.TypeFor[asked](), "Validate(context.Context) error of nearmiss_test.asked" + cure},
		{reflect.TypeFor[notPromoted](), "Validate() error of nearmiss_test.good" + of("notPromoted")},
		{reflect.TypeFor[hidden](), "Validate() error of nearmiss_test.good" + of("hidden")},
		{reflect.TypeFor[deep](), "Valid() error of nearmiss_test.deep" + cure},
		{reflect.TypeFor[wrongAndLoop](), "Valid() error of nearmiss_test.wrongAndLoop" + cure},
		{reflect.TypeFor[embedsType[string]](), "Validate(context.Context) error of nearmiss_test.embedsType[string]" + cure},
		{reflect.TypeFor[twice](), "Validate() bool of nearmiss_test.named" + of("twice")},
		{reflect.TypeFor[**good](), "Validate() error of nearmiss_test.good is never called through **nearmiss_test.good: use nearmiss_test.good"},
	} {
		err := nearmiss.Check(row.claims)
		require.EqualError(t, err, "the method "+row.want)
		require.ErrorAs(t, err, new(*nearmiss.Error))
	}
}
