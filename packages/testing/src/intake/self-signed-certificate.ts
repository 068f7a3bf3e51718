import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, both PEM. */
export interface SelfSignedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * A certificate that signs itself, with a key made for it that never leaves the process.
 *
 * Node.js makes keys and signatures but writes no certificates. Those that do weigh 9 MB and 22 packages, a fixed one
 * would be a private key in the repository, and the `openssl` command is not everywhere: so the envelope (RFC 5280) is
 * written here, and everything cryptographic is left to Node.js.
 *
 * @param names DNS names, and IPv4 addresses as texts.
 */
export function selfSignedCertificate(names: readonly string[]): SelfSignedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const signature = sequence(ECDSA_WITH_SHA256);
  const name = sequence(
    element(SET, sequence(COMMON_NAME, element(UTF8_STRING, Buffer.from(names[0] ?? 'localhost')))),
  );
  const body = sequence(
    element(CONTEXT_0, element(INTEGER, Buffer.from([2]))), // version 3
    // Positive and not zero: the first byte is between 1 and 127.
    element(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    signature,
    name,
    VALIDITY,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(
      CONTEXT_3,
      sequence(
        // Its own authority: clients that look for one find the mark.
        sequence(BASIC_CONSTRAINTS, TRUE, element(OCTET_STRING, sequence(TRUE))),
        sequence(SUBJECT_ALTERNATIVE_NAME, element(OCTET_STRING, sequence(...names.map(generalName)))),
      ),
    ),
  );
  const certificate = sequence(
    body,
    signature,
    element(BIT_STRING, Buffer.from([0]), sign('sha256', body, privateKey)),
  );
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

const [INTEGER, BIT_STRING, OCTET_STRING, UTF8_STRING, UTC_TIME] = [0x02, 0x03, 0x04, 0x0c, 0x17] as const;
const [SEQUENCE, SET, DNS_NAME, IP_ADDRESS, CONTEXT_0, CONTEXT_3] = [0x30, 0x31, 0x82, 0x87, 0xa0, 0xa3] as const;
const TRUE = Buffer.from('0101ff', 'hex');
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const SUBJECT_ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex');
/** All of 2000 to 2049, the years that this notation can write: no clock can make it invalid. */
const VALIDITY: Buffer = sequence(
  element(UTC_TIME, Buffer.from('000101000000Z')),
  element(UTC_TIME, Buffer.from('491231235959Z')),
);

function generalName(name: string): Buffer {
  const address = /^\d+\.\d+\.\d+\.\d+$/.test(name);
  return address ? element(IP_ADDRESS, Buffer.from(name.split('.').map(Number))) : element(DNS_NAME, Buffer.from(name));
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(SEQUENCE, ...parts);
}

/** A DER element: its tag, its length (as one byte below 128, else behind a byte that counts the bytes), its content. */
function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const lengthBytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}
