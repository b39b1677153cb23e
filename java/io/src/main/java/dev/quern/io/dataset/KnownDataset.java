package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The built-in data sets: where their files are in a folder, which reader loads them, and how to
 * get them.
 */
enum KnownDataset {
  CIFAR10("cifar10", List.of("cifar10", "cifar-10-batches-bin", "cifar-10-batches-py"), List.of()) {
    @Override
    boolean isIn(Path folder, Split split) {
      return Cifar10.isIn(folder);
    }

    @Override
    Dataset load(Path folder, Split split) {
      return Cifar10.load(folder, split);
    }

    @Override
    String howToGet(String folder) {
      return "unpack cifar-10-binary.tar.gz or cifar-10-python.tar.gz in " + folder;
    }
  },

  CIFAR100(
      Cifar100.Labels.FINE.title(),
      List.of("cifar100", "cifar-100-binary", "cifar-100-python"),
      List.of()) {
    @Override
    boolean isIn(Path folder, Split split) {
      return Cifar100.isIn(folder);
    }

    @Override
    Dataset load(Path folder, Split split) {
      return Cifar100.load(folder, split);
    }

    @Override
    String howToGet(String folder) {
      return "unpack cifar-100-binary.tar.gz or cifar-100-python.tar.gz in " + folder;
    }
  },

  /** CIFAR-100 with its 20 coarse classes. */
  CIFAR100_COARSE(
      Cifar100.Labels.COARSE.title(),
      List.of("cifar100", "cifar-100-binary", "cifar-100-python"),
      List.of()) {
    @Override
    boolean isIn(Path folder, Split split) {
      return Cifar100.isIn(folder);
    }

    @Override
    Dataset load(Path folder, Split split) {
      return Cifar100.load(folder, split, Cifar100.Labels.COARSE);
    }

    @Override
    String howToGet(String folder) {
      return CIFAR100.howToGet(folder);
    }
  },

  /** Street View House Numbers, cropped digits. */
  SVHN(Svhn.NAME, List.of("svhn", "SVHN"), List.of()) {
    @Override
    boolean isIn(Path folder, Split split) {
      return Svhn.isIn(folder, split);
    }

    @Override
    Dataset load(Path folder, Split split) {
      return Svhn.load(folder, split);
    }

    @Override
    String howToGet(String folder) {
      return "put train_32x32.mat and test_32x32.mat of its format 2 into " + folder + "/svhn";
    }
  },

  MNIST("mnist", List.of("mnist", "MNIST", "MNIST/raw"), List.of()) {
    @Override
    Dataset load(Path folder, Split split) {
      return Idx.load(folder, split, "mnist", DIGITS);
    }
  },

  FASHION_MNIST(
      "fashion-mnist",
      List.of("fashion-mnist", "FashionMNIST", "FashionMNIST/raw"),
      List.of(Path.of("/usr/share/datasets/fashion-mnist"))) {
    @Override
    Dataset load(Path folder, Split split) {
      return Idx.load(folder, split, "fashion-mnist", CLOTHES);
    }

    @Override
    String howToGet(String folder) {
      return "Debian's package dataset-fashion-mnist installs it where it is found; or "
          + super.howToGet(folder);
    }
  },

  /** 10,000 training and 2,000 test images of Fashion-MNIST, which are included in Quern. */
  FASHION_MNIST_SAMPLE("fashion-mnist-sample", List.of("fashion-mnist-sample"), List.of()) {
    @Override
    Dataset load(Path folder, Split split) {
      return Idx.load(folder, split, title(), CLOTHES);
    }

    @Override
    Optional<Dataset> bundled(Split split) {
      return SamplesJar.load(title(), split, CLOTHES);
    }

    @Override
    String howToGet(String folder) {
      return "it is in the artifact dev.quern:quern-samples, and in the folder"
          + " data/fashion-mnist-sample of Quern's sources";
    }
  };

  private static final List<String> DIGITS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private static final List<String> CLOTHES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private final String title;
  private final List<String> subfolders;
  private final List<Path> systemFolders;

  KnownDataset(String title, List<String> subfolders, List<Path> systemFolders) {
    this.title = title;
    this.subfolders = subfolders;
    this.systemFolders = systemFolders;
  }

  /** Returns the data set's name. */
  String title() {
    return title;
  }

  /**
   * Returns the folders outside the search path into which a system package installs the data set.
   */
  List<Path> systemFolders() {
    return systemFolders;
  }

  /**
   * Returns the location of the data set in a folder: a subfolder, or the folder itself; empty if
   * the folder does not contain it.
   */
  Optional<Path> find(Path folder, Split split) {
    for (String s : subfolders) {
      if (isIn(folder.resolve(s), split)) {
        return Optional.of(folder.resolve(s));
      }
    }
    return isIn(folder, split) && !isAnother(folder) ? Optional.of(folder) : Optional.empty();
  }

  /**
   * Returns whether the folder's name is that of another data set; MNIST and similar sets have the
   * same file names, so only the folder's name distinguishes them.
   */
  private boolean isAnother(Path folder) {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    if (last == null || subfolders.contains(last.toString())) {
      return false;
    }
    for (KnownDataset d : values()) {
      if (d.subfolders.contains(last.toString())) {
        return true;
      }
    }
    return false;
  }

  boolean isIn(Path folder, Split split) {
    return Idx.isIn(folder, split);
  }

  abstract Dataset load(Path folder, Split split);

  /** Loads the data set from the class path or module path; empty if it is not there. */
  Optional<Dataset> bundled(Split split) {
    return Optional.empty();
  }

  /**
   * Returns instructions for getting the data set, for the message that it is missing.
   *
   * @param folder the folder in which to store the data set
   */
  String howToGet(String folder) {
    return "fetch train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz"
        + " and t10k-labels-idx1-ubyte.gz of "
        + title
        + " and put them into "
        + folder
        + "/"
        + title;
  }
}
