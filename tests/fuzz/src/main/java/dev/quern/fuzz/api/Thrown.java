package dev.quern.fuzz.api;

/** What the attack's own callbacks throw, so that nobody takes it for the product's. */
interface Thrown {
  /** Unchecked. */
  final class Unchecked extends RuntimeException implements Thrown {
    private static final long serialVersionUID = 1;
  }

  /** Checked, thrown where the compiler would not allow it. */
  final class Checked extends Exception implements Thrown {
    private static final long serialVersionUID = 1;
  }

  /** An error, as a failed assertion is one. */
  final class Fatal extends Error implements Thrown {
    private static final long serialVersionUID = 1;
  }

  /** Throws one of these, or what the virtual machine throws where user code has a slip. */
  static void any(Draw draw) {
    Throwable t =
        switch (draw.below(3)) {
          case 0 -> new Unchecked();
          case 1 -> new Checked();
          default -> new Fatal();
        };
    sneak(t);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable t) throws T {
    throw (T) t;
  }
}
