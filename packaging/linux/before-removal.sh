#!/bin/sh
# Before the package is removed, which is "remove" to dpkg and 0 to rpm. A newer version in its place is no removal.
case "$1" in
remove | 0)
  echo "Entries that use Bridgekeeper's bridge go on working: they name the copy in ~/.bridgekeeper."
  echo "To put Claude's configs back as they were, stop here and run first: bridgekeeper undo --all"
  ;;
esac
