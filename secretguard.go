package jwt

func looksLikeKey(secret []byte) string { return "" }
