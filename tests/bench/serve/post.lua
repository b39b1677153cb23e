-- For wrk: sends the files of a folder in turn, and prints a line of numbers.
-- wrk ... -s post.lua URL -- FOLDER FILES [BYTES OF JSON AT THE BEGINNING]
local requests = {}
local at = 0

function init(args)
  local headers = { ["Content-Type"] = "application/octet-stream" }
  headers["Inference-Header-Content-Length"] = args[3]
  for i = 1, tonumber(args[2]) do
    local file = assert(io.open(args[1] .. "/" .. (i - 1), "rb"))
    requests[i] = wrk.format("POST", nil, headers, file:read("*a"))
    file:close()
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  print(string.format("numbers %d %d %d %d %d", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
