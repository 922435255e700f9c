# Sourced by dejavm, check and .ci/run: sets JAVA_HOME to a JDK of at least this release, or fails.
DEJAVM_JDK=25

# Whether a directory is such a JDK, by its release file: starting it to ask would cost time.
is_jdk() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${version:-0}" -ge "$DEJAVM_JDK" ]
}

find_jdk() {
  local home java user=${HOME:-/nowhere}
  if [ -n "${JAVA_HOME:-}" ] && is_jdk "$JAVA_HOME"; then
    return 0
  fi
  if java=$(command -v java) && java=$(readlink -f "$java" 2>/dev/null); then
    home=${java%/bin/java}
    if is_jdk "$home"; then
      export JAVA_HOME=$home
      return 0
    fi
  fi
  for home in /usr/lib/jvm/*"$DEJAVM_JDK"* /usr/lib/jvm/* /usr/java/* /opt/*jdk* /opt/java/* \
    "$user"/.sdkman/candidates/java/* "$user"/.jdks/* "$user"/.asdf/installs/java/* \
    "$user"/.local/share/mise/installs/java/* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if is_jdk "$home"; then
      export JAVA_HOME=$home
      return 0
    fi
  done
  if [ -x /usr/libexec/java_home ] && home=$(/usr/libexec/java_home -v "$DEJAVM_JDK+" 2>/dev/null) \
    && is_jdk "$home"; then
    export JAVA_HOME=$home
    return 0
  fi
  return 1
}
