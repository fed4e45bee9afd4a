-- The record: who was let in, shared, took back, and managed.

local MOST_RECORDED = 10000

local refused_at = 0 -- when the last refused sign-in was recorded

-- Adds a line, numbered from 1.
local function note(topic, now, who, what, about)
  local key = topic.keys[RECORD]
  local last = call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  local n = last and number_of(match(last[1], '^%d+')) + 1 or 1
  call('XADD', key, 'MAXLEN', '~', MOST_RECORDED, format('%d-0', n),
    't', format('%d', now), 'who', who, 'what', what, 'about', about)
end

-- Takes who ('' for nobody by name), what and about what. Of refused sign-ins one a minute is recorded (metrics count
-- them all): whoever tries again and again must not push out everything else.
register('wf1_record', WRITES, function(keys, args)
  local topic, who, what, about = access_of(keys), args[1], args[2], args[3]
  if not topic then return bad_key(keys) end
  local function is_said(text) return text == '' or is_plain(text, TEXT_BYTES) end
  if not (is_said(who) and what and find(what, '^[a-z_]+$') and is_said(about)) then
    return bad_values('who, what and about what')
  end
  local now = now_ms()
  if what == 'refused' then
    if now - refused_at < SELDOM then return 0 end
    refused_at = now
  end
  note(topic, now, who, what, about)
  return 1
end)
