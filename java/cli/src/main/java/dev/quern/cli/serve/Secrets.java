package dev.quern.cli.serve;

import dev.quern.error.FormatException;
import dev.quern.error.QuernException;
import dev.quern.io.file.RegularFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Reads tokens, passwords and keys from files, because all users of a machine can see command
 * lines.
 */
public final class Secrets {
  private static final String OPERATION = "serve";
  private static final int MOST = 1 << 16;
  private static final int MOST_OF_KEYS = 1 << 24;

  private Secrets() {}

  /** Returns the first line of a file. */
  static String line(Path file) {
    String line = RegularFile.readText(OPERATION, file, MOST).lines().findFirst().orElse("");
    if (line.isEmpty()) {
      throw new FormatException(OPERATION + ": the first line of " + file + " is empty");
    }
    return line;
  }

  /** Returns the token in the first line of a file; the token must be valid in an HTTP header. */
  public static String token(Path file) {
    String token = line(file).strip();
    if (!token.matches("[!-~]*")) {
      throw new FormatException(
          OPERATION + ": the token in " + file + " must be ASCII characters without spaces");
    }
    return token;
  }

  /** Returns a TLS context with the private key in a PKCS #12 or JKS keystore. */
  public static SSLContext tls(Path file, Path passwordFile) {
    char[] password = line(passwordFile).toCharArray();
    byte[] content = RegularFile.readAll(OPERATION, file, MOST_OF_KEYS);
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(new ByteArrayInputStream(content), password);
      if (!hasKey(store)) {
        throw new FormatException(OPERATION + ": keystore " + file + " has no private key");
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (IOException e) {
      throw e.getCause() instanceof UnrecoverableKeyException
          ? wrongPassword(file, passwordFile, e)
          : new FormatException(
              OPERATION + ": " + file + " is not a keystore of type PKCS #12 or JKS", e);
    } catch (UnrecoverableKeyException e) {
      throw wrongPassword(file, passwordFile, e);
    } catch (GeneralSecurityException e) {
      throw new FormatException(OPERATION + ": keystore " + file + ": " + e.getMessage(), e);
    }
  }

  private static boolean hasKey(KeyStore store) throws GeneralSecurityException {
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        return true;
      }
    }
    return false;
  }

  private static QuernException wrongPassword(Path file, Path passwordFile, Exception e) {
    return new FormatException(
        OPERATION + ": the password in " + passwordFile + " does not open keystore " + file, e);
  }
}
