/**
 * Returns an integer below 2^48 for a set's member: the same in every process, and almost certainly different for
 * different members.
 *
 * Two halves of the same multiply-and-rotate hash with different seeds. Not for secrets.
 */
export function hashMember(member: string): number {
  let high = 0x243f6a88;
  let low = 0x85a308d3;
  for (let index = 0; index < member.length; index += 1) {
    const unit = member.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low = (low << 15) | (low >>> 17);
  }
  high = mixBits(high ^ low ^ member.length);
  low = mixBits(low + Math.imul(high, 5));
  return (high >>> 16) * 0x1_0000_0000 + (low >>> 0);
}

/** Returns a hash of which every bit depends on every bit of the given one. */
function mixBits(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
