// The Lua script that stores a batch on the server.
import { createHash } from 'node:crypto';
import type { RedisCommands, ScriptInput } from './redis-client.js';

/**
 * Stores a batch of one process, completely and once. The number of the last batch that was stored is kept next to the
 * history, so a batch whose reply was lost can be sent again.
 *
 * Numbers are added as doubles and written with 17 digits, as in JavaScript. HINCRBYFLOAT rounds to 17 decimal places,
 * and HINCRBY accepts integers only.
 *
 * KEYS: the key of the writer, then the keys to change. ARGV: the number of the batch; the seconds to keep it; the number
 * of values, and the values; then for each key its kind, its seconds to live, the number of entries, and for each entry a
 * field and the number of a value.
 *
 * Replies with the step of a rollup that is not read any more and reached back further than the others, or 0; and with the
 * content of the key of the writer: the number of the batch; 1 if the batch before it was known, else 0; the code of the
 * first error or '-'; and the numbers of the values that were refused. So a batch that is sent again has the same reply.
 *
 * Permissions are checked before anything is stored: a part of a batch must not be counted twice.
 */
const SCRIPT = `
local before = redis.call('GET', KEYS[1])
local last = before and tonumber(string.match(before, '^%d+')) or 0
if before and last >= tonumber(ARGV[1]) then return { 0, before } end
for _, command in ipairs({ 'TTL', 'EXPIRE', 'HMGET', 'HGETALL', 'HSET', 'HDEL', 'PFADD', 'ZADD', 'ZREMRANGEBYSCORE' }) do
  if redis.acl_check_cmd and not redis.acl_check_cmd(command, KEYS[2]) then
    return redis.error_reply('NOPERM the user has no permission for the command ' .. command)
  end
end
local known = before and last == tonumber(ARGV[1]) - 1 and '1' or '0'
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. known .. ' -', 'EX', ARGV[2])

local MAX_VALUE = 1.7976931348623157e308
local function sum(one, other)
  local total = math.max(-MAX_VALUE, math.min(MAX_VALUE, tonumber(one) + tonumber(other)))
  return string.format('%.17g', total)
end
local function minimum(one, other) return tonumber(other) < tonumber(one) and other or one end
local function maximum(one, other) return tonumber(other) > tonumber(one) and other or one end

local function split(content)
  local parts = {}
  for part in string.gmatch(content, '%S+') do parts[#parts + 1] = part end
  return parts
end

local merge = { counter = sum }
function merge.gauge(before, content)
  local old, new = split(before), split(content)
  local latest = tonumber(new[1]) >= tonumber(old[1]) and new or old
  local last = latest[2]
  local min = minimum(old[3] or old[2], new[3] or new[2])
  local max = maximum(old[4] or old[2], new[4] or new[2])
  if min == last and max == last then return latest[1] .. ' ' .. last end
  return table.concat({ latest[1], last, min, max }, ' ')
end
function merge.sketch(before, content)
  local old, new, countIndex = split(before), split(content), {}
  for index = 5, #old, 2 do countIndex[old[index]] = index + 1 end
  old[1], old[2] = sum(old[1], new[1]), sum(old[2], new[2])
  old[3], old[4] = minimum(old[3], new[3]), maximum(old[4], new[4])
  for index = 5, #new, 2 do
    local at = countIndex[new[index]]
    if at then
      old[at] = sum(old[at], new[index + 1])
    else
      old[#old + 1] = new[index]
      old[#old + 1] = new[index + 1]
    end
  end
  return table.concat(old, ' ')
end

local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local store = {}
function store.members(key, _, values)
  for _, value in ipairs(values) do
    local members = split(value)
    for from = 1, #members, 1000 do
      redis.call('PFADD', key, unpack(members, from, math.min(from + 999, #members)))
    end
  end
end
function store.index(key, _, values, seconds)
  for _, value in ipairs(values) do redis.call('ZADD', key, 'GT', now + seconds, value) end
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
end
local unread = 0
function store.rollups(key, fields, values)
  local reach = 0
  local old, stored = {}, redis.call('HGETALL', key)
  for index = 1, #stored, 2 do old[stored[index]] = split(stored[index + 1]) end
  for index, step in ipairs(fields) do
    local present, points = unpack(split(values[index]))
    local since = #stored == 0 and '0' or present
    if old[step] then
      since = old[step][1]
      local longest = present - old[step][2] * step
      if tonumber(points) > tonumber(old[step][2]) and longest > tonumber(since) then since = longest end
    end
    redis.call('HSET', key, step, since .. ' ' .. points)
    if old[step] then reach = math.max(reach, old[step][2] * step) end
    old[step] = nil
  end
  for step, rollup in pairs(old) do
    redis.call('HDEL', key, step)
    if rollup[2] * step > reach then unread = tonumber(step) end
  end
end
for kind, merged in pairs(merge) do
  store[kind] = function(key, fields, values)
    local stored, changed, list = redis.call('HMGET', key, unpack(fields)), {}, {}
    for index, field in ipairs(fields) do
      local old = changed[field] or stored[index]
      changed[field] = old and merged(old, values[index]) or values[index]
    end
    for field, value in pairs(changed) do
      list[#list + 1] = field
      list[#list + 1] = value
    end
    redis.call('HSET', key, unpack(list))
  end
end

local position = 3
local function nextArgument()
  position = position + 1
  return ARGV[position - 1]
end
local count = tonumber(nextArgument())
local values = position - 1
position = position + count
local refused, code = {}, '-'
for number = 2, #KEYS do
  local key, kind, seconds, entries = KEYS[number], nextArgument(), tonumber(nextArgument()), tonumber(nextArgument())
  local fields, contents, numbers = {}, {}, {}
  for entry = 1, entries do
    fields[entry] = nextArgument()
    numbers[entry] = nextArgument()
    contents[entry] = ARGV[values + tonumber(numbers[entry])]
  end
  local isStored, failure = pcall(function()
    store[kind](key, fields, contents, seconds)
    if redis.call('TTL', key) + 1 < seconds then redis.call('EXPIRE', key, seconds) end
  end)
  if not isStored then
    local reason = type(failure) == 'table' and failure.err or tostring(failure)
    if code == '-' then code = string.match(reason, '^%u+') or 'ERR' end
    for _, each in ipairs(numbers) do refused[#refused + 1] = each end
  end
end
if #refused == 0 then return { unread, ARGV[1] .. ' ' .. known .. ' -' } end
local reply = ARGV[1] .. ' ' .. known .. ' ' .. code .. ' ' .. table.concat(refused, ' ')
redis.call('SET', KEYS[1], reply, 'EX', ARGV[2])
return { unread, reply }
`;

const SHA1 = createHash('sha1').update(SCRIPT).digest('hex');

/** The result of a batch. */
export interface ScriptReply {
  /** True if the server remembers the batch before. Otherwise it may have forgotten everything. */
  readonly isKnown: boolean;
  /** The numbers of values, from 1 on, that were not stored everywhere they should have been. */
  readonly refusedValues: readonly number[];
  /** The step of a rollup whose history is not read any more, though no other reaches back as far; or 0. */
  readonly unreadStep: number;
  /** The code of the first error, such as `WRONGTYPE`, if values were refused. */
  readonly code: string;
}

/** Runs the script. Its source is sent only if the server does not have it. */
export async function runScript(client: RedisCommands, input: ScriptInput): Promise<ScriptReply> {
  const reply = await client.evalSha(SHA1, input).catch((error: Error) => {
    if (!error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(SCRIPT, input);
  });
  const [unreadStep, after] = reply as [number, string];
  const [, known, code = '-', ...refused] = after.split(' ');
  return { isKnown: known === '1', refusedValues: refused.map(Number), code, unreadStep };
}
