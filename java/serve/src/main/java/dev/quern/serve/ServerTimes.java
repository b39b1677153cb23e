package dev.quern.serve;

/**
 * How long the JDK's server lets a client take. It reads these when it is first used, for the whole
 * JVM; what an application set stays.
 */
final class ServerTimes {
  private ServerTimes() {}

  static void limit() {
    limit("sun.net.httpserver.maxReqTime", "30"); // seconds for a whole request
    limit("sun.net.httpserver.maxRspTime", "60");
    limit("sun.net.httpserver.idleInterval", "60");
    limit("sun.net.httpserver.nodelay", "true"); // small answers do not wait for more
    limit("jdk.httpserver.maxConnections", "4096");
  }

  private static void limit(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
