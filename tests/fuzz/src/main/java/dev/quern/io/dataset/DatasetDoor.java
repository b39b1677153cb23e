package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A way for attacks to what this package keeps to itself. */
public final class DatasetDoor {
  private DatasetDoor() {}

  /** CIFAR-10 with batches of so many images instead of 10,000. */
  public static Dataset cifar10(Path folder, int batch, Split split) {
    Cifar10 cifar = new Cifar10(folder, batch);
    return split == Split.TEST ? cifar.test() : cifar.training(1, 1);
  }

  /** CIFAR-100 with so few images a file as a test wants. */
  public static Dataset cifar100(Path folder, int images, Split split, Cifar100.Labels labels) {
    return Cifar100.load(folder, split, labels, images);
  }

  /** One that is not patient. */
  public static Downloader hasty() {
    return new Downloader(Duration.ofMillis(500), Duration.ZERO);
  }

  /** With all that is in it. */
  public static void delete(Path folder) throws IOException {
    Folders.delete(folder);
  }

  /** The files of an archive, at most so many bytes. */
  public static void unpack(Path archive, Path folder, long most) {
    TarGz.unpack(archive, folder, most);
  }
}
