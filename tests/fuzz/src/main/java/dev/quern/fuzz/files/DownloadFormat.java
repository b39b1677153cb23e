package dev.quern.fuzz.files;

import dev.quern.error.DownloadException;
import dev.quern.fuzz.Attack;
import dev.quern.io.dataset.DatasetDoor;
import dev.quern.io.dataset.Downloader;
import dev.quern.io.dataset.RemoteFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** What an earlier download has left, where the server is gone. */
final class DownloadFormat implements Format {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VALIDATOR = "\"etag-1\"".getBytes(StandardCharsets.US_ASCII);

  private final Scratch scratch;
  private final RemoteFile remote;
  private Downloader downloader;

  DownloadFormat(Scratch scratch) throws Exception {
    this.scratch = scratch;
    // nobody listens at port 1
    this.remote =
        new RemoteFile(
            URI.create("http://127.0.0.1:1/file"),
            CONTENT.length,
            HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT)));
  }

  @Override
  public boolean attack(Dice dice) throws IOException {
    if (downloader == null) {
      downloader = DatasetDoor.hasty();
    }
    Path folder = scratch.empty("download");
    byte[] part = dice.oneIn(2) ? CONTENT : Bits.mutate(CONTENT, CONTENT, dice);
    Files.write(folder.resolve(dice.below(4) == 1 ? "file" : "file.part"), part);
    Files.write(folder.resolve("file.part.validator"), Bits.mutate(VALIDATOR, VALIDATOR, dice));
    try {
      Path got = downloader.fetch(remote, folder, (done, all) -> {});
      if (!Arrays.equals(CONTENT, Files.readAllBytes(got))) {
        throw new Attack.Finding("download: accepted " + got, null);
      }
      return true;
    } catch (DownloadException e) {
      Attacks.requireMessage(e);
      return false;
    }
  }
}
