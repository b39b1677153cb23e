package dev.quern.peers.run;

/** A library's failure; the message is the reason. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1;

  Failure(String reason) {
    super(reason);
  }
}
