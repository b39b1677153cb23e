package app;

import java.nio.file.Path;

/** Trains the model and saves it to a file. */
public class Save {
  public static void main(String[] args) {
    Bars.train().save(Path.of(args[0]));
  }
}
