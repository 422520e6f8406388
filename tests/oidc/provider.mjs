// A real identity provider for the tests: node provider.mjs REDIRECT_URI. It prints its address once it listens, and ends with its standard input.
//
// Whoever types NAME at its own sign-in page owns NAME@example.org. That address is verified unless the name begins with "unverified".
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const redirect = process.argv[2];
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'countersign',
      client_secret: 'canary-secret-of-the-client',
      redirect_uris: [redirect],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.org`,
        email_verified: !id.startsWith('unverified'),
      }),
    }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.on('end', () => process.exit(0)).resume();
