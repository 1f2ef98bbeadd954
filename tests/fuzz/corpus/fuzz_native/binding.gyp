0# comment
{ "variables": {"x%": 1, "conditions": [["OS=='linux' and x!=0", {"y": "a" "b"}, {}]]}, "targets": [{"target_name": "a", "sources": ("a.cc", "<!@(ls *.cc)",), "conditions": [["not in", {}]]}]}
