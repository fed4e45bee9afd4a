-- A device's track: its fixes by time, and which of them move it.

local MOST_FIXES = 2000 -- by time
local SPARE_FIXES = 100 -- so many more, before the oldest go
local TRACK_SECONDS = 86400 -- kept for so long after it was last written

-- Takes over what revision 1 of this library knew of a device: its numbers, and its track, which it kept in the log alone. Of updates
-- of many fixes there may be far more than a track holds: the latest are enough.
local function take_over_device(state, log)
  local old = redis.call('HMGET', state.key, 'top', 'holes')
  if not old[1] then return end
  seen_before(state.seen, old[1], old[2], state.newest.t)
  local last, taken = '+', 0
  while last and taken < MOST_FIXES do
    local entries = redis.call('XREVRANGE', log, last, '-', 'COUNT', 100)
    for _, entry in ipairs(entries) do
      for _, fix in ipairs(cjson.decode(entry[2][2]).fixes) do
        redis.call('ZADD', state.past, string.format('%d', fix.t), fix_json(fix))
        taken = taken + 1
      end
      if taken >= MOST_FIXES then break end
    end
    last = #entries == 100 and '(' .. entries[100][1]
  end
  redis.call('EXPIRE', state.past, TRACK_SECONDS)
  redis.call('HSET', state.key, 'seen', seen_text(state.seen))
end

-- Makes room for one fix more in the track. What is older than the fixes that go is `old` from now on.
local function make_room_in_track(state)
  state.count = state.count or redis.call('ZCARD', state.past)
  if state.count >= MOST_FIXES + SPARE_FIXES then
    local last = state.count - MOST_FIXES - 1
    local dropped = redis.call('ZRANGE', state.past, last, last, 'WITHSCORES')
    redis.call('ZREMRANGEBYRANK', state.past, 0, last)
    state.since, state.count = tonumber(dropped[2]) + 1, MOST_FIXES
    redis.call('HSET', state.key, 'since', string.format('%d', state.since))
    forget_before(state.seen, state.since)
  end
  state.count = state.count + 1
end

-- The fix of the track that comes before time t.
local function fix_before(state, t)
  return decode(redis.call('ZREVRANGEBYSCORE', state.past, string.format('%d', t), '-inf', 'LIMIT', 0, 1)[1])
end

-- Marks a fix to which the device can hardly have come, and keeps the newest such: a second one that goes on from it shows that both are
-- right. Answers whether the fix moves the device.
local function judge(state, fix)
  local newest, doubt = state.newest, state.doubt
  if newest and not newer(fix.t, fix.n, newest.t, newest.n) then
    local before = fix_before(state, fix.t)
    fix.doubtful = before and not before.doubtful and not can_follow(before, fix, state.pace) or nil
    return false
  end
  local follows = newest and can_follow(newest, fix, state.pace) or (not newest and (fix.speed or 0) <= FAST)
  if not follows and not (doubt and confirms(doubt, newest, fix, state.pace)) then
    fix.doubtful, state.doubt = true, fix
    return false
  end
  local from = follows and newest or doubt
  state.pace = pace_told(pace_after(state.pace, from, fix), from, fix)
  state.doubt = nil
  return true
end

-- Takes one fix that was not seen before; false where it is older than all that is kept.
local function take_fix(state, fix)
  if fix.t < state.since then return false end
  make_room_in_track(state)
  if fix.t < state.since then return false end
  add_seen(state.seen, fix.n, fix.t)
  local moves = judge(state, fix)
  local text = fix_json(fix)
  redis.call('ZADD', state.past, string.format('%d', fix.t), text)
  state.texts[#state.texts + 1] = text
  if moves then state.newest, state.last, state.moved = fix, text, true end
  return true
end

local function store_fixes(topic, state, log, had)
  local fields = { 'seen', seen_text(state.seen), 'heard', string.format('%d', topic.now) }
  local doubt, pace = state.doubt and fix_json(state.doubt) or '', json(state.pace)
  if doubt ~= had.doubt then fields[#fields + 1], fields[#fields + 2] = 'doubt', doubt end
  if pace ~= had.pace then fields[#fields + 1], fields[#fields + 2] = 'pace', pace end
  redis.call('HSET', state.key, unpack(fields))
  append(log, MOST_UPDATES, topic, publish(topic, '"fixes":[' .. table.concat(state.texts, ',') .. ']'))
  redis.call('EXPIRE', log, TRACK_SECONDS)
  redis.call('EXPIRE', state.past, TRACK_SECONDS)
end
