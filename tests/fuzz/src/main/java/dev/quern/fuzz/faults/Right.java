package dev.quern.fuzz.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** What a fault needs of the system and of the user. */
enum Right {
  NONE("nothing") {
    @Override
    boolean isGranted(Place place) {
      return true;
    }
  },
  SIGNALS("needs kill, and env that takes --default-signal") {
    @Override
    boolean isGranted(Place place) {
      return Tools.succeeds("env", "--default-signal=INT,TERM", "kill", "-l");
    }
  },
  LIMITS("needs prlimit") {
    @Override
    boolean isGranted(Place place) {
      return Tools.succeeds("prlimit", "--nofile=20", "true");
    }
  },
  MOUNT("needs the right to mount a tmpfs") {
    @Override
    boolean isGranted(Place place) throws IOException {
      Path at = place.folder().resolve("mount");
      try (Place tried = new Place(place.folder())) {
        tried.mount(at, "size=64k");
        return true;
      } catch (IOException e) {
        return false;
      }
    }
  },
  PROCESS_1("needs the right to unshare process numbers") {
    @Override
    boolean isGranted(Place place) {
      String[] words = Arrays.copyOf(Kills.PID_1, Kills.PID_1.length + 1);
      words[Kills.PID_1.length] = "true";
      return Tools.succeeds(words);
    }
  },
  MEMORY("needs the right to make a control group of memory") {
    @Override
    boolean isGranted(Place place) {
      try (Cgroup group = Cgroup.memory(64 << 20)) {
        return group.prefix().length > 0;
      } catch (IOException e) {
        return false;
      }
    }
  },
  THREADS("needs the right to make a control group of processes") {
    @Override
    boolean isGranted(Place place) {
      try (Cgroup group = Cgroup.threads(100)) {
        return group.prefix().length > 0;
      } catch (IOException e) {
        return false;
      }
    }
  };

  private final String need;

  Right(String need) {
    this.need = need;
  }

  String need() {
    return need;
  }

  /** Tries it. */
  abstract boolean isGranted(Place place) throws IOException;
}
