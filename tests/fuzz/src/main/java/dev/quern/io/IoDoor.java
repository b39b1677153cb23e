package dev.quern.io;

import dev.quern.io.dataset.Cifar10;
import dev.quern.io.dataset.Cifar100;
import dev.quern.io.dataset.Downloader;
import dev.quern.io.dataset.Split;
import dev.quern.data.Dataset;
import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;
import java.nio.file.Path;
import java.time.Duration;

/** A way for attacks to what this package keeps to itself. */
public final class IoDoor {
  private IoDoor() {}

  /** CIFAR-10 with batches of so many images instead of 10,000. */
  public static Dataset cifar10(Path folder, int batch, Split split) {
    Cifar10 cifar = new Cifar10(folder, batch);
    return split == Split.TEST ? cifar.test() : cifar.training(1, 1);
  }

  /** CIFAR-100 with so few images a file as a test wants. */
  public static Dataset cifar100(Path folder, int images, Split split, Cifar100.Labels labels) {
    return Cifar100.load(folder, split, labels, images);
  }

  /** What a codec gets of a JSON object. */
  public static CodecValues values(String json) {
    return new CodecValues(new JsonFields("object", Json.parse("object", json)));
  }

  /** One that is not patient. */
  public static Downloader hasty() {
    return new Downloader(Duration.ofMillis(500), Duration.ZERO);
  }
}
