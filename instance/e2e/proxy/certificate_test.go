package proxy

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificates are the files of an authority that the browsers of the tests
// trust, and of the certificate that it gave to localhost, with its key.
var certificates struct{ authority, host, hostKey string }

// trust makes the certificates. The authority is the only one that this process
// knows, so that what is answered is checked as browsers do.
func trust(dir string) error {
	c := &certificates
	c.authority, c.host, c.hostKey = filepath.Join(dir, "authority.pem"), filepath.Join(dir, "host.pem"), filepath.Join(dir, "host.key")
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority of the tests"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	key, err := certify(authority, authority, nil, c.authority, filepath.Join(dir, "authority.key"))
	if err != nil {
		return err
	}
	host := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if _, err := certify(host, authority, key, c.host, c.hostKey); err != nil {
		return err
	}
	if err := os.Setenv("SSL_CERT_DIR", dir+"/none"); err != nil {
		return err
	}
	return os.Setenv("SSL_CERT_FILE", c.authority)
}

// certify writes a certificate and its key. Without a key to sign with it signs
// itself.
func certify(c, by *x509.Certificate, with crypto.Signer, file, keyFile string) (crypto.Signer, error) {
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(0, 1, 0)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if with == nil {
		with = key
	}
	signed, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), with)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o600); err != nil {
		return nil, err
	}
	return key, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), 0o600)
}
