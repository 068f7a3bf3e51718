// The words that the style of this project avoids, and what to write instead: the data of the gate `words`.

/**
 * @typedef {object} WordPattern
 * @property {RegExp} pattern global; a space stands for any white space, a line break within a comment too
 * @property {string} write what to write instead
 * @property {readonly RegExp[]} [except] a match inside a match of one of these is allowed
 * @property {'comments' | 'names'} [scope] `comments`: not in strings and documents; `names`: in identifiers as well
 */

/** The start of a comment, of a paragraph or of a sentence. */
const start = String.raw`(?<=^|\n|[.!?:;] |@\w+ )`;

/** @type {readonly WordPattern[]} */
export const wordPatterns = [
  {
    pattern: /\banswer(?:s|ed|ing)?\b/gi,
    write: 'returns, resolves, responds; a response',
    // A question in prose has an answer.
    except: [/\bquestions?\b[^.\n]*\banswer(?:s|ed)?\b|\banswer(?:s|ed)?\b[^.\n]*\bquestions?\b/gi],
  },
  { pattern: /\b(?:told|tells?|telling)\b/gi, write: 'report(ed), called with, passed to' },
  {
    pattern: /\bbehind\b/gi,
    write: 'after, followed by, at the end',
    // A proxy, a load balancer or a login has servers behind it.
    except: [/\bbehind [\w -]*\b(?:proxy|proxies|balancers?|NAT|firewall|authentication|login)\b/gi],
  },
  {
    pattern: new RegExp(`${start}What [a-z]`, 'g'),
    write: 'name the noun: "Options of…", "The series that…"',
    scope: 'comments',
    // A question.
    except: [/What [^.\n]*\?/g],
  },
  {
    pattern: new RegExp(`${start}(?:Where|Of) [a-z]`, 'g'),
    write: 'the full noun: "The address…", "In seconds…"',
    scope: 'comments',
    except: [/Where [^.\n]*\?/g, /Of course/g],
  },
  {
    pattern: /\bwhere (?:it|there|that|nobody|they|one|the|a|no)\b/g,
    write: 'if, when (`where` is for places)',
    except: [
      // Places, and indirect questions about a place.
      /\b(?:places?|points?|positions?|lines?|files?|folders?|director(?:y|ies)|hosts?|machines?|offsets?|address(?:es)?|paths?|spots?|everywhere|somewhere|anywhere|from|to|of|and) where \w+/gi,
      /\b(?:says?|shows?|see|sees|names?|finds?|found|knows?|decides?|remembers?|marks?|points? to|exactly|just) where \w+/gi,
      // Verbs of place and of movement: where it ends, where the file lies.
      /\bwhere (?:[\w'-]+ ){1,3}(?:goes|go|went|ends?|begins?|starts?|comes?|came|belongs?|lives?|lies?|leads?|points?|keeps?|happen(?:s|ed)?|appears?)\b/g,
      // A question.
      /where [^.\n]*\?/gi,
    ],
  },
  {
    pattern: /\b(?:left|leaves?|leaving) out\b/gi,
    write: 'omitted (a field), removed (a tag), dropped (a loss), skipped (sampling)',
  },
  { pattern: /\b(?:whoever|somebody|nobody|anybody|everybody)\b/gi, write: 'name it: the caller, the server, no one' },
  { pattern: /\ba text\b|\btexts\b/gi, write: 'a string, strings' },
  { pattern: /\bof (?:its|their|your|an|one.s) own\b(?! `)/g, write: 'its own X, your own X' },
  {
    pattern: /\b(?:stands?|stood) (?:for|behind|before|last|first|in|at)\b/g,
    write: 'means, follows, precedes, comes last',
    // A symbol stands for something, and one thing stands in for another.
    except: [/[`'*] stands? for/g, /stands? in for/g],
  },
  { pattern: /\bat once\b/gi, write: 'immediately, or at the same time: say which' },
  { pattern: /\b(?:is|are|was|were) given\b/g, write: 'is set, is passed' },
  {
    pattern: /\bthat is no \w+|\bwhat is no\b|\b(?:is|are) none\b/g,
    write: 'is not a…, is invalid',
    except: [/\bthat is no (?:longer|more|less|worse|better)\b/g, /\bthere (?:is|are) none\b/g],
  },
  { pattern: /\bbesides?\b/gi, write: 'next to, in addition to, as well as' },
  {
    pattern: /\bfigures\b|\bdearest\b/gi,
    write: 'numbers, counts; most expensive',
  },
  { pattern: /\bso many \w+|\bso long ago\b/gi, write: 'N, `count`, the given number' },
  { pattern: /\b(?:take\w*|took|in) (?:the|its) place\b/gi, write: 'replace, instead of' },
  { pattern: /\ba long file\b|\ba little long\b|\blonger than most\b/gi, write: 'nothing: delete the excuse' },
  { pattern: /\banew\b/gi, write: 'again, new' },
  { pattern: /\b(?:books|goods|ledgers?)\b/gi, write: 'stats, delivered samples, accounting' },
  { pattern: /\bgiv(?:es|ing) (?:back|way|up)\b/gi, write: 'releases, yields, drops' },
  { pattern: /\bfor ever\b|\bin vain\b|\bborn\b/gi, write: 'forever; timed out; opened' },
  { pattern: /\bgo(?:es)? on\b/gi, write: 'continues, keeps' },
  { pattern: /\b(?:had better|save for|but for)\b/g, write: 'should; except' },
  { pattern: /\bremed(?:y|ies)\b|\bcomplain\w*/gi, write: 'message; warning, error' },
  { pattern: /\b(?:by|for) who\b|[.;:] who [a-z]+s\b/gi, write: 'callers that…, if you…' },
  {
    pattern:
      /\w*(?:normalis|sanitis|recognis|summaris|organis|optimis|initialis|serialis|colour|honour|neighbour|behaviour|favour|licence|modell|cancell|labell|signall|analys(?:e|ing)|catalogue|grey)\w*/gi,
    write: 'the US form',
    scope: 'names',
    // Also US: an optimist, an organism, the double l before -ation, the plural of analysis.
    except: [/optimis[tm]\w*/gi, /organism\w*/gi, /cancellation\w*/gi, /analyses/gi],
  },
];
