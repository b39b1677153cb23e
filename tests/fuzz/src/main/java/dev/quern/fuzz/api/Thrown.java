package dev.quern.fuzz.api;

/** What the attack's own callbacks throw, so that nobody takes it for the product's. */
interface Thrown {
  /** Whether the product promises to hand it on as a cause only, as it does for layers. */
  boolean onlyAsCause();

  /** Unchecked. */
  final class Unchecked extends RuntimeException implements Thrown {
    private static final long serialVersionUID = 1;
    private final boolean onlyAsCause;

    Unchecked(boolean onlyAsCause) {
      this.onlyAsCause = onlyAsCause;
    }

    @Override
    public boolean onlyAsCause() {
      return onlyAsCause;
    }
  }

  /** Checked, thrown where the compiler would not allow it. */
  final class Checked extends Exception implements Thrown {
    private static final long serialVersionUID = 1;
    private final boolean onlyAsCause;

    Checked(boolean onlyAsCause) {
      this.onlyAsCause = onlyAsCause;
    }

    @Override
    public boolean onlyAsCause() {
      return onlyAsCause;
    }
  }

  /** An error, as a failed assertion is one. */
  final class Fatal extends Error implements Thrown {
    private static final long serialVersionUID = 1;
    private final boolean onlyAsCause;

    Fatal(boolean onlyAsCause) {
      this.onlyAsCause = onlyAsCause;
    }

    @Override
    public boolean onlyAsCause() {
      return onlyAsCause;
    }
  }

  /** Throws one of these. */
  static void any(Draw draw, boolean onlyAsCause) {
    Throwable t =
        switch (draw.below(3)) {
          case 0 -> new Unchecked(onlyAsCause);
          case 1 -> new Checked(onlyAsCause);
          default -> new Fatal(onlyAsCause);
        };
    sneak(t);
  }

  /** Throws what it is given, checked or not, as code of another language may. */
  @SuppressWarnings("unchecked")
  static <T extends Throwable> void sneak(Throwable t) throws T {
    throw (T) t;
  }
}
