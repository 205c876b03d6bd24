-- wrk -s post.lua URL -- BYTES [json]: every request is a POST of that many bytes, or of some JSON about as long.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/octet-stream"

function init(args)
  wrk.body = string.rep("x", tonumber(args[1]))
  if args[2] == "json" then
    wrk.headers["Content-Type"] = "application/json"
    wrk.body = '{"id":7,"tags":["a","b"],"text":"' .. wrk.body .. '"}'
  end
end
