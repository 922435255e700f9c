package dejavm.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** What somebody has to know who wants to see the machine: 128 random bits, new for every run. */
final class Token {
  private static final int BYTES = 16;

  private final String text;

  Token() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  String text() {
    return text;
  }

  /** Whether this is it; takes as long for any other of its length. */
  boolean matches(String other) {
    return other != null
        && MessageDigest.isEqual(
            text.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
