import { Buffer } from 'node:buffer';
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, both PEM. */
export interface SelfSignedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * Creates a self-signed certificate, with a new key that never leaves the process.
 *
 * Node.js creates keys and signatures, but no certificates. Packages that do add 9 MB and 22 packages, a fixed
 * certificate would be a private key in the repository, and the `openssl` command is not installed everywhere. So only
 * the envelope (RFC 5280) is written here, and Node.js does all cryptography.
 *
 * @param names DNS names, and IPv4 addresses as strings.
 */
export function createSelfSignedCertificate(names: readonly string[]): SelfSignedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const signature = sequence(ECDSA_WITH_SHA256);
  const name = sequence(
    element(SET, sequence(COMMON_NAME, element(UTF8_STRING, Buffer.from(names[0] ?? 'localhost')))),
  );
  const body = sequence(
    element(CONTEXT_0, element(INTEGER, Buffer.from([2]))), // version 3
    // The serial number must be positive and not zero: the first byte is between 1 and 127.
    element(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    signature,
    name,
    VALIDITY,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(
      CONTEXT_3,
      sequence(
        // Marks it as its own authority, for clients that check that.
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
/**
 * Valid from 2000 to 2049, all years that this notation can express, so that the clock of the machine does not matter.
 */
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

/**
 * Returns a DER element: tag, length (one byte below 128, otherwise after a byte with the number of its bytes),
 * content.
 */
function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const lengthBytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}
