package dev.quern.serve.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host and port in a Host or Origin header or in a request's target, by RFC 3986. User
 * information is rejected, because it could be mistaken for a host name.
 *
 * @param name the host in lower case, without a trailing dot; an IPv6 address in brackets
 * @param port the port; -1 if there is none
 */
record Authority(String name, int port) {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}\\]|[A-Za-z0-9._-]{1,255})(?::([0-9]{0,5}))?");
  private static final int MOST_PORT = 65_535;
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1");

  /** Parses an authority; returns null if it is not valid. */
  static @Nullable Authority of(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    String name = parts.group(1).toLowerCase(Locale.ROOT);
    String digits = parts.group(2);
    int port = digits == null || digits.isEmpty() ? -1 : Integer.parseInt(digits);
    if (port > MOST_PORT || name.startsWith(".")) {
      return null;
    }
    return new Authority(name.endsWith(".") ? name.substring(0, name.length() - 1) : name, port);
  }

  /** Returns this authority; if it does not have a port, it gets the port {@code usual}. */
  Authority withPort(int usual) {
    return port < 0 ? new Authority(name, usual) : this;
  }

  /**
   * Returns whether the host is this machine: localhost or a loopback address. Does not query a
   * name server.
   */
  boolean isThisMachine() {
    if (!name.startsWith("[")) {
      return THIS_MACHINE.contains(name);
    }
    try {
      return InetAddress.getByName(name).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
