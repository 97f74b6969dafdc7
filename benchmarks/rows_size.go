package main

var _ = addRows(groupSize,
	sized("string/2KB", "one string of 2 KB, struct", stringPayload, 2_000, library.Verify),
	sized("string/200KB", "one string of 200 KB, struct", stringPayload, 200_000, library.Verify),
	sized("claims/2KB", "2 KB of claims, map", claimsPayload, 2_000, library.VerifyMap),
	sized("claims/200KB", "200 KB of claims, map", claimsPayload, 200_000, library.VerifyMap),
)

func sized(name, title string, payload func(int) []byte, size int, form verifyFunc) row {
	large := func() setup {
		s := hs256()
		s.maxSize = 1 << 20
		return s
	}
	return row{
		name: "size/" + name, title: title,
		set: work{setup: large, token: func(s setup) string { return s.sign(s.alg, payload(size)) }, call: verify(form)}.variants,
	}
}
