-- A device's track: its fixes by time, and which of them move it.

local MOST_FIXES = 2000 -- by time
local SPARE_FIXES = 100 -- so many more, before the oldest go
local TRACK_SECONDS = 86400 -- kept for so long, and up to an hour more, after it was last written

-- Writes the fixes of this call that are not in the track yet.
local function write_track(device)
  local fixes, written = device.fixes, device.written
  if not fixes then return end
  device.written = #fixes
  if #fixes == 1 and written == 0 then return call('ZADD', device.keys[3], fixes[1].at, fixes[1].text) end
  local members = {}
  for i = written + 1, #fixes do
    members[#members + 1], members[#members + 2] = fixes[i].at, fixes[i].text
  end
  call_with('ZADD', device.keys[3], members)
end

local function keep_for_a_day(device)
  call('EXPIRE', device.keys[2], TRACK_SECONDS + 3600)
  call('EXPIRE', device.keys[3], TRACK_SECONDS + 3600)
end

-- Takes over what revision 1 of this library knew of a device: its numbers, and its track, which it kept in the log
-- alone. Of updates of many fixes there may be far more than a track holds: the latest are enough.
local function take_over_device(device)
  local old, log = call('HMGET', device.key, 'top', 'holes'), device.keys[2]
  if not old[1] then return end
  seen_before(device.seen, old[1], old[2], device.newest.t)
  local last, taken = '+', 0
  while last and taken < MOST_FIXES do
    local entries = call('XREVRANGE', log, last, '-', 'COUNT', 100)
    for _, entry in ipairs(entries) do
      for _, told in ipairs(cjson.decode(entry[2][2]).fixes) do
        local fix = fix_again(told, LARGEST)
        if fix then call('ZADD', device.keys[3], fix.at, fix.text) end
        taken = taken + 1
      end
      if taken >= MOST_FIXES then break end
    end
    last = #entries == 100 and '(' .. entries[100][1]
  end
  call('EXPIRE', device.keys[3], TRACK_SECONDS)
  call('HSET', device.key, 'seen', seen_text(device.seen))
end

-- Makes room for one fix more in the track. What is older than the fixes that go is `old` from now on.
local function make_room_in_track(device)
  local past = device.keys[3]
  if not device.count or device.count >= MOST_FIXES + SPARE_FIXES then
    write_track(device)
    device.count = call('ZCARD', past)
  end
  if device.count >= MOST_FIXES + SPARE_FIXES then
    local last = device.count - MOST_FIXES - 1
    local dropped = call('ZRANGE', past, last, last, 'WITHSCORES')
    call('ZREMRANGEBYRANK', past, 0, last)
    device.since, device.count = number_of(dropped[2]) + 1, MOST_FIXES
    call('HSET', device.key, 'since', format('%d', device.since))
    forget_before(device.seen, device.since)
  end
  device.count = device.count + 1
end

-- The fix of the track that comes before time t.
local function fix_before(device, t)
  write_track(device)
  return read_fix(call('ZREVRANGEBYSCORE', device.keys[3], format('%d', t), '-inf', 'LIMIT', 0, 1)[1])
end

-- A fix that is not the newest moves nothing; only whether it can be is told.
local function judge_late(device, fix)
  local before = fix_before(device, fix.t)
  if not before or before.doubtful then return end
  local way, seconds = way_between(before, fix)
  if not can_follow(way, seconds, fix, device.pace) then mark_doubtful(fix) end
end

-- Marks a fix to which the device can hardly have come, and keeps the newest such: a second one that goes on from it
-- shows that both are right. Returns whether the fix moves the device.
local function judge(device, fix)
  local newest, doubt, way, seconds, follows = device.newest, device.doubt, 0, 0, nil
  if newest then
    if not newer(fix.t, fix.n, newest.t, newest.n) then
      judge_late(device, fix)
      return false
    end
    way, seconds = way_between(newest, fix)
    follows = can_follow(way, seconds, fix, device.pace)
  else
    follows = (fix.speed or 0) <= FAST
  end
  local from = newest
  if not follows then
    if not (doubt and confirms(doubt, newest, fix, device.pace)) then
      mark_doubtful(fix)
      device.doubt = fix
      return false
    end
    from = doubt
    way, seconds = way_between(doubt, fix)
  end
  device.pace = pace_told(pace_after(device.pace, way, seconds), from, fix)
  if from then learn(device, seconds) end
  device.doubt = nil
  return true
end

-- Takes one fix that was not seen before; false where it is older than all that is kept.
local function take_fix(device, fix)
  if fix.t < device.since then return false end
  make_room_in_track(device)
  if fix.t < device.since then return false end
  add_seen(device.seen, fix.n, fix.t)
  local moves = judge(device, fix)
  local fixes = device.fixes
  if fixes then fixes[#fixes + 1] = fix else device.fixes = { fix } end
  if moves then device.newest, device.moved = fix, true end
  return true
end

-- The fixes of this call, as JSON.
local function fixes_json(fixes)
  if #fixes == 1 then return fixes[1].text end
  local all = {}
  for i, fix in ipairs(fixes) do all[i] = fix.text end
  return join(all, ',')
end

-- What came too late for the track, as a field of an update.
local function late_json(device)
  return '"late":[' .. fixes_json(device.late) .. ']'
end

-- The fields that this call changed besides those that any fix changes, each with its value. `cell`, `from`, `doubt`,
-- `pace`: what they were before.
local function changed(device, cell, from, doubt, pace)
  if device.cell == cell and device.from == from and device.doubt == doubt and device.pace == pace
    and not device.learns then return end
  local fields = {}
  local function add(field, value) fields[#fields + 1], fields[#fields + 2] = field, value end
  if device.cell ~= cell then add('cell', device.cell) end
  if device.from ~= from then add('from', device.from) end
  if device.doubt ~= doubt then add('doubt', device.doubt and device.doubt.text or '') end
  if device.pace ~= pace then add('pace', json(device.pace)) end
  if device.learns then
    add('learnt', json(device.learnt))
    add('signs', signs_now(device))
  end
  return spread(fields)
end

local function store_fixes(device, ...)
  write_track(device)
  local newest, seen, heard = device.newest, seen_text(device.seen), sub(device.at, 1, -5)
  local body, text = '"fixes":[' .. fixes_json(device.fixes) .. ']', nil
  if device.learns then body = body .. ',"life":' .. device.signs.told end
  if device.late then body = body .. ',' .. late_json(device) end
  if newest then
    text = publish(device, body, 'seen', seen, 'heard', heard, 'last', newest.text, ...)
  else
    text = publish(device, body, 'seen', seen, 'heard', heard, ...)
  end
  local hour = floor(device.now / HOUR)
  if append(device.keys[2], device, text) or device.lasting ~= hour then
    keep_for_a_day(device)
    device.lasting = hour
  end
end

-- Publishes of a device what is no fix. Its log lasts a day from then on; its track, a day from the last fix.
local function tell_device(device, body, ...)
  append(device.keys[2], device, publish(device, body, ...))
  call('EXPIRE', device.keys[2], TRACK_SECONDS + 3600)
end
