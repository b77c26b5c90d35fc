package config

import (
	"errors"
	"net/url"
)

// checkMedia wants all of a bucket or nothing. Whether it exists and takes the
// keys is not asked here: the package dials nobody.
func (c *Config) checkMedia() error {
	if c.origins["s3-secret-key"] == "--s3-secret-key" {
		return c.wrong("s3-secret-key", "", "must not be on the command line, which others on the machine can see: use "+
			prefix+variable("s3-secret-key")+" or --s3-secret-key-file")
	}
	var bad []error
	for name, value := range map[string]string{
		"s3-bucket": c.S3Bucket, "s3-access-key": c.S3AccessKey, "s3-secret-key": string(c.S3SecretKey),
	} {
		switch {
		case c.S3Endpoint == "" && value != "":
			bad = append(bad, c.wrong(name, "", "is of no use without s3_endpoint"))
		case c.S3Endpoint != "" && value == "":
			bad = append(bad, c.wrong(name, "", "is missing: s3_endpoint needs it"))
		}
	}
	return errors.Join(append(bad, c.checkEndpoint())...)
}

func (c *Config) checkEndpoint() error {
	if c.S3Endpoint == "" {
		return nil
	}
	if err := c.checkURL("s3-endpoint", c.S3Endpoint); err != nil {
		return err
	}
	u, err := url.Parse(c.S3Endpoint)
	switch {
	case err != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return c.wrong("s3-endpoint", c.S3Endpoint, "nothing may stand behind the host: the bucket is s3_bucket")
	case u.Scheme == "http" && !private(u.Hostname()):
		return c.wrong("s3-endpoint", c.S3Endpoint, "plain http is for this machine and private networks; write https://")
	}
	return nil
}
