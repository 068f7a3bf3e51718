/**
 * Messages for losses whose place has nothing to add. A reason that is not here is reported by its place, with what
 * is known there: an address, an error, a limit.
 */
export const DROP_MESSAGES: Readonly<Record<string, string>> = {
  queue_full:
    'Too many single values, members and events wait to be sent, so later ones are dropped. Check that the receiver takes them, sample, or flush more often.',
  member_too_long: 'Members of a set that are longer than 1024 characters are dropped. Record a hash of them.',
  not_finite: 'A value, or a sum with it, is beyond the numbers, so its samples are dropped. Record smaller amounts.',
  empty_name: 'A metric has an empty name, so its samples are dropped.',
  line_too_long: 'A line is longer than a packet, so its samples are dropped. Use shorter names and fewer tags.',
  negative_counter:
    'Negative amounts of counters are dropped, because the server drops counters that go down. Record a value that goes down as a gauge.',
  negative_distribution:
    'Negative timings and distribution values are dropped, because the server accepts none. Record them as a gauge.',
  in_future: 'Samples with a timestamp more than a minute ahead are dropped. Check the clock, and pass seconds.',
  too_old: 'Samples older than all that is kept are dropped. Check the timestamp, or keep a longer history.',
  unacknowledged: 'A batch had no reply for so long that it cannot be sent again, and may be lost. Check the server.',
  not_encoded: 'A request could not be compressed, so its samples are dropped. Is there memory left?',
  invalid_timestamp: 'A timestamp is not in seconds since the epoch, so its sample is dropped. Use Date.now() / 1000.',
  unknown_series: 'A sample was recorded on an id that is not open, and is dropped: open the series first.',
  forgotten:
    'More series are idle than are kept, so some were forgotten before an export delivered them. Raise `maxReleased`, or use fewer tag values.',
  wrong_kind: 'A sample was recorded on a series of another kind, and is dropped.',
  closed: 'A sample was recorded after close(), and is dropped: create another backend.',
};
