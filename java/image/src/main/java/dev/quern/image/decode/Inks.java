package dev.quern.image.decode;

/** Conversion from inks to RGB, in PIL's integer arithmetic. */
public final class Inks {
  private Inks() {}

  /**
   * Converts inks to RGB.
   *
   * @param inks cyan, magenta and yellow, 8 bits each, from the highest bits
   * @param white 255 minus black
   * @return red, green and blue
   */
  public static int rgb(int inks, int white) {
    return covered(white, inks >> 16) << 16
        | covered(white, inks >> 8 & 0xff) << 8
        | covered(white, inks & 0xff);
  }

  private static int covered(int white, int ink) {
    int product = white * ink + 128;
    return white - (product + (product >> 8) >> 8);
  }
}
