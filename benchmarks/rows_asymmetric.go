package main

var _ = addRows(groupAsymmetric,
	row{
		name: "rs256/verify", title: "verify RS256-2048", want: asymmetric(2),
		set: work{setup: rs256, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "es256/verify", title: "verify ES256", want: asymmetric(2),
		set: work{setup: es256, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "eddsa/verify", title: "verify EdDSA", want: asymmetric(2),
		set: work{setup: eddsa, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "rs256/sign", title: "sign RS256-2048", want: asymmetric(0),
		set: work{setup: rs256, call: sign}.variants,
	},
	row{
		name: "es256/sign", title: "sign ES256", want: asymmetric(0),
		set: work{setup: es256, call: sign}.variants,
	},
	row{
		name: "eddsa/sign", title: "sign EdDSA", want: asymmetric(0),
		set: work{setup: eddsa, call: sign}.variants,
	},
)

func asymmetric(allocs int) *target {
	return &target{peer126: 1, peer127: 1, raw: 1.03, allocs: allocs}
}
