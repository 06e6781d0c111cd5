/**
 * Text for the shell of a host with Python, which every member has: `knock METHOD URL [LOGIN]` prints the code of the answer, or what went wrong. Who
 * answers need not be trusted. The login is never an argument of a program.
 */
export const knock = `knock() { LOGIN=\${3:-} python3 -c '
import base64, os, ssl, sys, urllib.error, urllib.request
method, url = sys.argv[1:]
request = urllib.request.Request(url, method=method, data=None if method == "GET" else b"{}")
if os.environ["LOGIN"]:
    request.add_header("Authorization", "Basic " + base64.b64encode(os.environ["LOGIN"].encode()).decode())
try:
    print(urllib.request.urlopen(request, timeout=10, context=ssl._create_unverified_context()).status)
except urllib.error.HTTPError as error:
    print(error.code)
except urllib.error.URLError as error:
    print(type(error.reason).__name__)
except Exception as error:
    print(type(error).__name__)
' "$1" "$2"; }
`;
