"""From the method and the path of a request to the route that answers it."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from runstone.errors import MethodNotAllowed
from runstone.schemas.endpoint import takes_slashes
from runstone.server.routes.route import AnyRoute

# Where the calls of `/api/2.0/` are served besides: to the UI of MLflow, to 3.x clients, to 1.x clients.
ALIASES = ("/ajax-api/2.0/", "/api/3.0/", "/ajax-api/3.0/")
PREVIEWS = ("/api/2.0/preview/", "/ajax-api/2.0/preview/")

_NOTHING: Mapping[str, str] = {}


class RouteTable:
    """Every path under which old and new clients look for a route."""

    def __init__(self, routes: Iterable[AnyRoute]) -> None:
        """Build the table.

        Args:
            routes: The routes.
        """
        self._plain: dict[str, dict[str, AnyRoute]] = {}
        patterns: dict[str, dict[str, AnyRoute]] = {}
        for route in routes:
            path = route.endpoint.path
            paths = [path, *(path.replace("/api/2.0/", prefix, 1) for prefix in (*ALIASES, *PREVIEWS))]
            if route.endpoint.also_at:
                paths.append(route.endpoint.also_at)
            table = patterns if route.endpoint.in_path else self._plain
            for each in paths:
                for method in (route.endpoint.method, *route.endpoint.also):
                    table.setdefault(each, {})[method] = route
        self._patterns = [(_pattern(path), methods) for path, methods in patterns.items()]

    def find(self, method: str, path: str, raw_path: bytes) -> tuple[AnyRoute, Mapping[str, str]] | None:
        """The route for a request, and the fields that its path gives; ``None`` where no route has this path.

        Args:
            method: HTTP method.
            path: Path, decoded.
            raw_path: The same as it was sent: a slash within a field is written ``%2F`` there.

        Raises:
            MethodNotAllowed: There are routes with this path, but none with this method.
        """
        methods, fields = self._plain.get(path), _NOTHING
        if methods is None:
            sent = raw_path.decode("latin-1")
            for pattern, candidates in self._patterns:
                if found := pattern.fullmatch(sent):
                    methods = candidates
                    fields = {name: unquote(part) for name, part in found.groupdict().items()}
                    break
            else:
                return None
        route = methods.get(method)
        if route is None:
            known = " or ".join(sorted(methods))
            raise MethodNotAllowed(f"{path[:200]} is called by {known}; got {method}", allowed=methods)
        return route, fields


def _pattern(path: str) -> re.Pattern[str]:
    def group(part: re.Match[str]) -> str:
        return f"(?P<{part[1]}>{'.+' if takes_slashes(part[1]) else '[^/]+'})"

    return re.compile(re.sub(r"\\{(\w+)\\}", group, re.escape(path)), re.DOTALL)
