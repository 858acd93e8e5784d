package notify

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"postil/comments"
)

// secretPurpose is what webhooks' secrets are derived for.
const secretPurpose = "webhook secret"

// WebhookSecret returns the secret by which a webhook of a site knows that a
// call is ours: "whsec_" and 32 bytes in base64, as libraries for Standard
// Webhooks take it. It is another one for each site and address, and becomes
// another one when the server's secret key does; calls are then signed with
// both until the oldest key is taken out.
func WebhookSecret(keys comments.Keyring, site, address string) string {
	return "whsec_" + base64.StdEncoding.EncodeToString(keys.Sign(secretPurpose, site, address))
}

// signature returns the value of webhook-signature: one by the newest key of
// the ring and, while there is a former one, one by the oldest.
func signature(keys comments.Keyring, site, address, id, timestamp, body string) string {
	newest, oldest := keys.Sign(secretPurpose, site, address), keys.Lasting(secretPurpose, site, address)
	signed := sign(newest, id, timestamp, body)
	if !bytes.Equal(newest, oldest) {
		signed += " " + sign(oldest, id, timestamp, body)
	}
	return signed
}

func sign(secret []byte, parts ...string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(strings.Join(parts, ".")))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
