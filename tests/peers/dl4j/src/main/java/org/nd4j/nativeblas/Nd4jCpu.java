package org.nd4j.nativeblas;

/**
 * Lets DL4J run at its best. Its layers ask a class of this name, by reflection, whether to go by
 * oneDNN; the class has since moved to another package, so that without this stand-in they never
 * do. Needs {@code org.eclipse.deeplearning4j.helpers.disable=false} too.
 */
public final class Nd4jCpu {
  private Nd4jCpu() {}

  /** What the layers' helpers look up. */
  public static final class Environment {
    private Environment() {}

    public static Environment getInstance() {
      return new Environment();
    }

    public boolean isUseMKLDNN() {
      return true;
    }
  }
}
