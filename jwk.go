package jwt

func (m *material) thumbprint() string { return "" }
