package main

var _ = addRows(groupHS256,
	row{
		name: "hs256/sign", title: "sign HS256, struct",
		want: &target{peer126: 0.45, peer127: 0.375, raw: 1.22},
		set:  work{setup: hs256, call: sign}.variants,
	},
	row{
		name: "hs256/verify", title: "verify HS256, struct",
		want: &target{peer126: 0.205, peer127: 0.285, raw: 1.90, allocs: 2, count: figures{25_600, 560}},
		set:  work{setup: hs256, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "hs256/verify/plain", title: "verify HS256, struct that does not embed the registered claims",
		want: &target{peer126: 0.20, peer127: 0.28, raw: 1.85, allocs: 2},
		set:  work{setup: hs256, ours: newOursPlain, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "hs256/verify/kid", title: "verify HS256, token with kid, key of that kid",
		want: &target{peer126: 0.205, peer127: 0.29, raw: 1.88, allocs: 2},
		set:  work{setup: hs256kid, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "hs256/verify/keyset", title: "verify HS256, token with kid, set of 10 keys",
		want: &target{peer126: 0.205, peer127: 0.29, raw: 2.0, allocs: 2},
		set:  work{setup: hs256kid, ours: newOursKeySet, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "hs256/verify/registered", title: "verify HS256, registered claims only",
		want: &target{peer126: 0.225, peer127: 0.335, raw: 1.72, allocs: 2},
		set:  work{setup: hs256, token: setup.token, call: verify(library.VerifyRegistered)}.variants,
	},
	row{
		name: "hs256/verify/map", title: "verify HS256, map",
		want: &target{peer126: 0.32, peer127: 0.36, raw: 2.75, allocs: 18},
		set:  work{setup: hs256, token: setup.token, call: verify(library.VerifyMap)}.variants,
	},
	row{
		name: "hs256/verify/parallel", title: "verify HS256, struct, two goroutines", mode: parallel,
		want: &target{peer126: 0.225, peer127: 0.335, raw: 2.65, allocs: 2},
		set:  work{setup: hs256, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "hs256/verify/cold", title: "verify HS256, struct, cold", mode: cold,
		want: &target{peer126: 0.27, raw: 2.0, allocs: 2},
		set:  work{setup: hs256, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "hs256/sign/oneshot", title: "Sign, the function, HS256",
		set: work{setup: hs256, ours: newOneShot, call: sign}.variants,
	},
	row{
		name: "hs256/verify/oneshot", title: "Verify, the function, HS256",
		set: work{setup: hs256, ours: newOneShot, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "hs256/verify/newkey", title: "NewSecretKey and Verify in one call",
		want: &target{peer126: 0.82, peer127: 0.92, allocs: anyNumber},
		set: work{
			setup: hs256, ours: newOursNewKey, noRaw: true,
			peers: map[string]func(setup) (library, error){"golang-jwt": newGolangJWTInCall},
			token: setup.token, call: verify(library.Verify),
		}.variants,
	},
	row{
		name: "hs256/refuse", title: "a wrong signature refused",
		want: &target{peer126: 0.54, peer127: 0.52, raw: 1.02},
		set:  work{setup: hs256, token: setup.wrongSignature, call: refuse(library.Verify)}.variants,
	},
)
