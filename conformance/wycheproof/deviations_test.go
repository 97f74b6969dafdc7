package wycheproof

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/jwt/conformance/internal/readme"
	"github.com/stretchr/testify/require"
)

// deviation is vectors for which the library says the opposite of their label.
type deviation struct {
	file    string
	numbers string // numbers and ranges, separated by spaces
	reason  string
}

const (
	truncatedMAC = "half a MAC: that of a token is as long as the hash (RFC 7518, Section 3.2)"
	otherPSS     = "a hash in MGF1 or a salt's length that PS256, PS384 and PS512 do not have (RFC 7518, Section 3.5)"
	pssKey       = "a key of the id-RSASSA-PSS kind (RFC 4055), which crypto/x509 does not read"
)

var deviations = []deviation{
	{"json_web_signature", "346 350", "mislabelled: the JWK's alg is PS256, the token's PS384 (RFC 8725, Section 3.1)"},
	{"json_web_signature", "347 351", "mislabelled: the JWK's alg is ES521, which is no algorithm (RFC 7518, Section 3.1)"},
	{"json_web_signature", "367 370", "mislabelled: byte for byte the token of 357, which is labelled valid"},
	{"json_web_signature", "372 373", "mislabelled: a question mark is no character of base64url (RFC 7515, Section 2)"},
	{"json_web_key", "7", "the key's primes are of the weak generator of CVE-2017-15361: the library checks an RSA key's size and exponent (RFC 7518, Section 3.3), not how its primes were found"},
	{"json_web_crypto", "46", "the key of json_web_key 7"},
	{"json_web_crypto", "50 67", "encrypted tokens (RFC 7516): the library is for signed ones"},

	{"hmac_sha256", "82-108 166-168 172-174", truncatedMAC},
	{"hmac_sha384", "82-108 166-168 172-174", truncatedMAC},
	{"hmac_sha512", "82-108 166-168 172-174", truncatedMAC},
	{"rsa_pss_2048_sha256_mgf1_0", "1-61", otherPSS},
	{"rsa_pss_2048_sha256_mgf1_0", "69", "labelled invalid, since its salt is not the group's empty one: it is that of PS256 (RFC 7518, Section 3.5)"},
	{"rsa_pss_2048_sha256_mgf1sha1_20", "1-61 73-74", otherPSS},
	{"rsa_pss_4096_sha512_mgf1_32", "1-130 142-143", otherPSS},
	{"rsa_pss_misc", "61-75 77-112 114-149", otherPSS},
	{"rsa_pss_2048_sha256_mgf1_0_params", "1-61", pssKey},
	{"rsa_pss_2048_sha256_mgf1_32_params", "1-61 73-74", pssKey},
	{"rsa_pss_2048_sha512_mgf1sha256_32_params", "1-130 142-143", pssKey},
	{"rsa_pss_3072_sha256_mgf1_32_params", "1-61 73-74", pssKey},
	{"rsa_pss_4096_sha512_mgf1_32_params", "1-130 142-143", pssKey},
	{"rsa_pss_4096_sha512_mgf1_64_params", "1-130 143-144", pssKey},
	{"rsa_pss_misc_params", "61-150", pssKey},
}

// numbersOf gives the numbers that a table lists for a file.
func numbersOf(t *testing.T, file string) []int {
	t.Helper()
	var numbers []int
	for _, d := range deviations {
		require.NotEmpty(t, d.reason)
		if d.file != file {
			continue
		}
		for run := range strings.FieldsSeq(d.numbers) {
			from, to, found := strings.Cut(run, "-")
			first, err := strconv.Atoi(from)
			require.NoError(t, err)
			last := first
			if found {
				last, err = strconv.Atoi(to)
				require.NoError(t, err)
			}
			for n := first; n <= last; n++ {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	return numbers
}

// runs writes numbers the way the tables do.
func runs(numbers []int) string {
	var list []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		run := strconv.Itoa(numbers[i])
		if j > i {
			run += "-" + strconv.Itoa(numbers[j])
		}
		list = append(list, run)
		i = j + 1
	}
	return strings.Join(list, " ")
}

func TestREADME(t *testing.T) {
	rows := [][]string{{"file", "vectors", "reason"}}
	for _, d := range deviations {
		rows = append(rows, []string{d.file, strings.ReplaceAll(d.numbers, " ", ", "), d.reason})
	}
	readme.Check(t, "wycheproof", readme.Table(rows...))
}
