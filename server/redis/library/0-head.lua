#!lua name=watchfloor1
-- The function library by which feeds write topics and nodes read them (Redis 7.0 and later). Joined by library.ts from
-- the files of this folder in the order of their names, and then of each kind of topic its own. `@PUBLISH`, `@REVISION`
-- and `@KINDS` are put in there.

-- What Lua and Redis offer, by local names: a global name costs three look-ups each time. While the library loads none
-- of them can be reached, so the first call fetches them.
local call, attempt, protect, first_in, find, match, sub, format, join, spread, number_of, pack
local floor, abs, max, min, cos, sqrt, tan, log

local function fetch_names()
  call, attempt, protect, first_in, spread, number_of = redis.call, redis.pcall, pcall, next, unpack, tonumber
  pack, join = cmsgpack.pack, table.concat
  find, match, sub, format = string.find, string.match, string.sub, string.format
  floor, abs, max, min = math.floor, math.abs, math.max, math.min
  cos, sqrt, tan, log = math.cos, math.sqrt, math.tan, math.log
end

-- What a key of a topic holds may not be what this library puts there: who calls is told so as of any other wrong key.
local function strange(key, fault)
  local said = type(fault) == 'table' and fault.err or tostring(fault)
  if find(said, 'WRONGTYPE', 1, true) then
    key = sub(key or '', 1, 200)
    return redis.error_reply('WFKEY ' .. key .. ': a key of this topic holds something else (WRONGTYPE)')
  end
  error(fault, 0)
end

local function register(name, flags, run)
  redis.register_function{ function_name = name, flags = flags, callback = function(keys, args)
    if not call then fetch_names() end
    local done, reply = protect(run, keys, args)
    if done then return reply end
    return strange(keys[1], reply)
  end }
end

local MOST_AT_ONCE = 1000 -- values of one command: Lua cannot spread many more

local function call_with(command, key, values)
  if #values == 2 then return call(command, key, values[1], values[2]) end
  for i = 1, #values, MOST_AT_ONCE do
    call(command, key, spread(values, i, min(i + MOST_AT_ONCE - 1, #values)))
  end
end

local WRITES, READS = {}, { 'no-writes' }

register('wf1_revision', READS, function() return @REVISION end)
