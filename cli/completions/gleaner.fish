# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_gleaner_global_optspecs
    string join \n r/repo= repository-file= server= token-file= ca-cert= server-fingerprint= wait-for-server= p/password-file= password-command= log-file= cache-dir= index-mode= index-memory= threads= limit-read= limit-write= progress-fd= no-profile P/profile= no-quiet q/quiet no-verbose v/verbose no-json json input no-input no-yes yes color no-color cache no-cache lock no-lock no-idle idle h/help V/version
end

function __fish_gleaner_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_gleaner_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_gleaner_using_subcommand
    set -l cmd (__fish_gleaner_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c gleaner -n "__fish_gleaner_needs_command" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_needs_command" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_needs_command" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_needs_command" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_needs_command" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_needs_command" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_needs_command" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_needs_command" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-profile
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-quiet
complete -c gleaner -n "__fish_gleaner_needs_command" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-verbose
complete -c gleaner -n "__fish_gleaner_needs_command" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-json
complete -c gleaner -n "__fish_gleaner_needs_command" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_needs_command" -l input
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-yes
complete -c gleaner -n "__fish_gleaner_needs_command" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_needs_command" -l color
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_needs_command" -l cache
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_needs_command" -l lock
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_needs_command" -l no-idle
complete -c gleaner -n "__fish_gleaner_needs_command" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_needs_command" -s V -l version -d 'Print version'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "agent" -d 'Agents beside access servers: run, allow, list, deny'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "serve" -d 'Run a backup server'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "tenant" -d 'Tenants of a server: add, list, quota, remove'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "token" -d 'Tokens that subscribers log in with: new, list, revoke'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "init" -d 'Create a repository'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "backup" -d 'Save files and folders as one snapshot'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "snapshots" -d 'List snapshots'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "ls" -d 'List what a snapshot holds'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "restore" -d 'Write entries of a snapshot back'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "dump" -d 'Write one file, or a folder as tar, to stdout'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "diff" -d 'Show what changed between two snapshots'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "find" -d 'Find entries in all snapshots'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "stats" -d 'Sizes and ratios'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "check" -d 'Verify the repository; changes nothing'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "repair" -d 'Say what can be repaired, and repair it'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "cat" -d 'Show an object of the repository'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "list" -d 'List objects of the repository'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "key" -d 'Keys: list, add, remove, passwd, rotate'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "copy" -d 'Copy snapshots from another repository'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "forget" -d 'Drop snapshots by id or policy'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "prune" -d 'Reclaim the space of what no snapshot needs'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "compact" -d 'Reclaim the space of what no snapshot needs'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "migrate" -d 'Say what would bring the repository to the newest format version, and do it'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "parity" -d 'Parity of packs: add, remove, status'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "tag" -d 'Change tags of snapshots'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "unlock" -d 'Fence the lease of a session that will not come back'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "access" -d 'What an access server holds: scan, ls, show, verify'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "config" -d 'Profiles: write a starter file, show effective values and where they come from'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "demo" -d 'A tour with made-up data, in about ten seconds'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "bench" -d 'Measure on this machine'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "version" -d 'Versions of program and format'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "completions" -d 'Completions for a shell'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "man" -d 'Write manual pages into a folder'
complete -c gleaner -n "__fish_gleaner_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -f -a "run" -d 'Tell a server what access servers hold, and serve bytes of theirs'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -f -a "allow" -d 'Where the server runs: let an agent speak for sources'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -f -a "list" -d 'Where the server runs: list agents'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -f -a "deny" -d 'Where the server runs: let an agent in no more'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and not __fish_seen_subcommand_from run allow list deny help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l config -d 'TOML file: server, server_fingerprint or ca_cert, state, every; and for each source: number, kind, path, scope, base_url, key_pattern, squid_folders' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-check-config
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l check-config -d 'Only say whether the agent could start, and by which certificate it is known'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l label -d 'What to call it' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l sources -d 'Numbers of the sources that it speaks for, and no others any more' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l urls -d 'What the URLs begin with of files that its sources may have: subscribers offer files that they downloaded from there' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-sources
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-urls
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from allow" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from deny" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "run" -d 'Tell a server what access servers hold, and serve bytes of theirs'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "allow" -d 'Where the server runs: let an agent speak for sources'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "list" -d 'Where the server runs: list agents'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "deny" -d 'Where the server runs: let an agent in no more'
complete -c gleaner -n "__fish_gleaner_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l listen -d 'Where to listen; port 0 picks a free one [default: 127.0.0.1:7443]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l metrics -d 'Where to answer /healthz, /metrics and /status, without a login [default: nowhere]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-check-config
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l check-config -d 'Only say whether the server could start'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -f -a "add" -d 'Add a tenant'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -f -a "list" -d 'List tenants'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -f -a "quota" -d 'Change how much a repository may take'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -f -a "remove" -d 'Remove a tenant, and all of its snapshots'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and not __fish_seen_subcommand_from add list quota remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l quota -d 'Bytes that its repository may take' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from quota" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l yes-destroy -d 'Name of the tenant, to remove it without a terminal' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add a tenant'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from help" -f -a "list" -d 'List tenants'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from help" -f -a "quota" -d 'Change how much a repository may take'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a tenant, and all of its snapshots'
complete -c gleaner -n "__fish_gleaner_using_subcommand tenant; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -f -a "new" -d 'Make a token and print it, once'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -f -a "list" -d 'List tokens'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -f -a "revoke" -d 'Make a token worthless'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and not __fish_seen_subcommand_from new list revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l tenant -d 'Whose data it is for' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l expires -d 'How long it counts [default: for ever]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l label -d 'What to call it' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l verbs -d 'What it may be used for' -r -f -a "restore\t'Read everything of the tenant'
backup\t'The same, and add snapshots; nothing can be changed or taken away'
prune\t'The same, and take snapshots and packs away'
init\t'The same, and make the repository and its keys'"
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-verbs
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l tenant -d 'Only of this tenant' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l tenant -d 'Whose' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l config -d 'TOML file with keys of the server: data, listen, metrics, names, certificate, key' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l data -d 'Folder of the server: its certificate, its tenants and their repositories' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "new" -d 'Make a token and print it, once'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "list" -d 'List tokens'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Make a token worthless'
complete -c gleaner -n "__fish_gleaner_using_subcommand token; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l chunker -d 'How data is cut: default, fine, large or fixed:BYTES' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l pack-size -d 'Size at which a pack is closed' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l compression -d 'none, fast, default, max or 0..=22' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l parity -d 'Write a parity sidecar of that many percent beside each new pack, so that damage of it heals: 3 is a good start, up to 100' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l recovery-sheet -d 'With --server: where the recovery sheet goes [default: stdout, unless --json]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l from-repo -d 'Repository to take them from' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l from-password-file -d 'File with the password of --from-repo' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l from-password-command -d 'Command that prints the password of --from-repo' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l encryption
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-encryption -d 'No password and no sealing: anyone who reads the repository reads everything'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -s n -l dry-run -d 'Create nothing, only look whether it could be done'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-pad
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l pad -d 'Pad sealed blocks to size classes'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-copy-chunker-params
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l copy-chunker-params -d 'Take over preset and domain key of --from-repo, so that both deduplicate alike'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l exclude-larger-than -d 'Leave out files larger than SIZE' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l stdin-filename -d 'Name of that file' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s H -l host -d 'Host to record (default: this machine\'s name)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l time -d 'Time to record (default: now)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l parent -d 'Compare with this snapshot (default: the latest of the same host and paths)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s g -l group-by -d 'What the snapshot to compare with agrees in; empty: the latest of all' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l compression -d 'none, fast, default, max or 0..=22 (default: the repository\'s)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l pack-size -d 'Size at which a pack of this run is closed (default: the repository\'s)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l read-concurrency -d 'Threads that read files (default: --threads)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s e -l exclude -d 'Leave out what matches (repeatable; `!` takes back)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l iexclude -d 'As --exclude, upper and lower case are the same' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l exclude-file -d 'File with patterns, one on a line, # begins a comment' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l iexclude-file -d 'As --exclude-file, upper and lower case are the same' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l exclude-if-present -d 'Leave out what is in folders that hold this file (with a header: that begins with it)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l files-from -d 'File with patterns of paths to save, one on a line; - is stdin' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l files-from-verbatim -d 'File with paths to save, one on a line, taken literally; - is stdin' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l files-from-raw -d 'File with paths to save, each ended by a NUL byte; - is stdin' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l tag -d 'Tags of the snapshot (repeatable)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-exclude
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-iexclude
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-exclude-file
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-iexclude-file
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-exclude-caches
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l exclude-caches -d 'Leave out what is in folders marked by a CACHEDIR.TAG'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-exclude-if-present
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-ignore-files
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l ignore-files -d 'Leave out what a .gleanerignore in the folder, or above it, names'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-files-from
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-files-from-verbatim
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-files-from-raw
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-one-file-system
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s x -l one-file-system -d 'Stay on the file systems of the given paths'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-stdin
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l stdin -d 'Save what comes on stdin as one file'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-stdin-from-command
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l stdin-from-command -d 'Run the command after `--` and save its output; no snapshot if it fails'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s n -l dry-run -d 'Write nothing, only say what would be saved'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-force
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s f -l force -d 'Read every file again, compare with no snapshot'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-skip-if-unchanged
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l skip-if-unchanged -d 'Write no snapshot if nothing changed since the parent'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-ignore-inode
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l ignore-inode -d 'A file with another inode number may be unchanged'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-ignore-ctime
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l ignore-ctime -d 'A file with another time of status change may be unchanged'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-with-atime
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l with-atime -d 'Save times of last access'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l xattrs
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-xattrs -d 'Save no extended attributes'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-mmap
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l mmap -d 'Map large files that nobody writes instead of reading them'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l access
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-access -d 'Offer nothing to be looked for at access servers: all that is novel is sent'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand backup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l latest -d 'Only the last N of each host and paths' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -s g -l group-by -d 'Group the list' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -s H -l host -d 'Only snapshots of this host (repeatable: any of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l tag -d 'Only snapshots with all of these tags (repeatable: any of the lists)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l path -d 'Only snapshots that saved this path (repeatable: all of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-host
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-path
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand snapshots" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l sort -d 'Order of the list' -r -f -a "name\t'In order of names, folders before their entries'
size\t'Largest first'
time\t'Newest first'"
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -s H -l host -d 'Only snapshots of this host (repeatable: any of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l tag -d 'Only snapshots with all of these tags (repeatable: any of the lists)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l path -d 'Only snapshots that saved this path (repeatable: all of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-host
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-path
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-long
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -s l -l long -d 'Mode, owner, size and time too'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-recursive
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l recursive -d 'Everything below the path'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s t -l target -d 'Folder to restore into' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l overwrite -d 'What happens to entries that exist' -r -f -a "always\t'Always; bytes that are right already are kept'
if-changed\t'If size or time of modification differ'
if-newer\t'If the snapshot\'s entry is newer'
never\t'Never'"
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s H -l host -d 'Only snapshots of this host (repeatable: any of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l tag -d 'Only snapshots with all of these tags (repeatable: any of the lists)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l path -d 'Only snapshots that saved this path (repeatable: all of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s i -l include -d 'Restore only what matches (repeatable)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l iinclude -d 'As --include, upper and lower case are the same' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s e -l exclude -d 'Leave out what matches (repeatable)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l iexclude -d 'As --exclude, upper and lower case are the same' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-host
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-path
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-include
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-iinclude
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-exclude
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-iexclude
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-delete
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l delete -d 'Remove from the target what is not in the snapshot'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-sparse
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l sparse -d 'Write zeros as holes'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-verify
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l verify -d 'Read the target back and compare'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-numeric-owner
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l numeric-owner -d 'Use the recorded numbers of owners, not their names'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l special-files
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-special-files -d 'Skip pipes, sockets and devices, and drop set-id bits'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s n -l dry-run -d 'Write nothing, only say what would be restored'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -s t -l target -d 'File to write instead of stdout' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -s H -l host -d 'Only snapshots of this host (repeatable: any of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l tag -d 'Only snapshots with all of these tags (repeatable: any of the lists)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l path -d 'Only snapshots that saved this path (repeatable: all of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-host
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-path
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand dump" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-metadata
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l metadata -d 'Show changes of mode, owner and times too'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l newest -d 'Only entries modified before TIME' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l oldest -d 'Only entries modified after TIME' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -s H -l host -d 'Only snapshots of this host (repeatable: any of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l tag -d 'Only snapshots with all of these tags (repeatable: any of the lists)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l path -d 'Only snapshots that saved this path (repeatable: all of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-host
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-path
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-ignore-case
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -s i -l ignore-case -d 'Upper and lower case are the same'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-chunk
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l chunk -d 'Patterns are chunk ids: find the files that use them'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-pack
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l pack -d 'Patterns are pack ids: find the files that need them'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand find" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l mode -d 'What is counted' -r -f -a "restore-size\t'Bytes that a restore would write'
files-by-contents\t'Files, each content once'
raw-data\t'Chunks that the snapshots refer to, each once'"
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -s H -l host -d 'Only snapshots of this host (repeatable: any of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l tag -d 'Only snapshots with all of these tags (repeatable: any of the lists)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l path -d 'Only snapshots that saved this path (repeatable: all of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-host
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-path
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l read-data-subset -d 'So, but part n of t by pack id, random x %, or SIZE of packs, least recently verified first' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l max-age -d 'Do not read packs that were verified less than DUR ago (90s 30m 12h 7d 2w)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l max-duration -d 'Stop at the next safe point after DUR; the next run goes on' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l max-errors -d 'Stop at the next safe point after N errors; the next run goes on' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l wanted -d 'Write the ids of damaged and missing chunks to FILE, one JSON line each' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l snapshot -d 'Look only at what these snapshots need (repeatable)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-read-data
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l read-data -d 'Open every block and recompute every chunk id'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-snapshot
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-list-codes
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l list-codes -d 'List the codes of findings'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -f -a "index" -d 'Build the index in the cache folder anew from the packs'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -f -a "packs" -d 'Save what is left of damaged packs, and get what is lost from elsewhere'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -f -a "snapshots" -d 'Put manifests that cannot be read aside, and write snapshots of what is left of others'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -f -a "all" -d 'Packs, then snapshots; or put back what a repair took out of use'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and not __fish_seen_subcommand_from index packs snapshots all help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-apply
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l apply -d 'Do it; without this only say what would be done'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from index" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l wanted -d 'Look at what this file names, written by `check --wanted`; without it everything is read' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l from-password-file -d 'File with the password of --from-repo' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l from-password-command -d 'Command that prints the password of --from-repo' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l max-duration -d 'Stop between two packs after this time (1h30m); the next run goes on' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l from-repo -d 'Repository to take lost chunks from; may be given more than once' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-apply
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l apply -d 'Do it; without this only say what would be done'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-from-repo
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l parity
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-parity -d 'Do not ask the parity sidecars of damaged packs'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from packs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-apply
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l apply -d 'Do it; without this only say what would be done'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-drop-lost
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l drop-lost -d 'Write a new snapshot without the lost paths; the old one stays until it is forgotten'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from snapshots" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l from-password-file -d 'File with the password of --from-repo' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l from-password-command -d 'Command that prints the password of --from-repo' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l undo -d 'Put back what this repair took out of use, byte for byte' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l from-repo -d 'Repository to take lost chunks from; may be given more than once' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-apply
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l apply -d 'Do it; without this only say what would be done'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-from-repo
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l parity
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-parity -d 'Do not ask the parity sidecars of damaged packs'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-drop-lost
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l drop-lost -d 'Write new snapshots without the lost paths; the old ones stay until they are forgotten'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from all" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from help" -f -a "index" -d 'Build the index in the cache folder anew from the packs'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from help" -f -a "packs" -d 'Save what is left of damaged packs, and get what is lost from elsewhere'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from help" -f -a "snapshots" -d 'Put manifests that cannot be read aside, and write snapshots of what is left of others'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from help" -f -a "all" -d 'Packs, then snapshots; or put back what a repair took out of use'
complete -c gleaner -n "__fish_gleaner_using_subcommand repair; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand cat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -f -a "list" -d 'List key slots'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -f -a "add" -d 'Add a key slot with a password of its own'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -f -a "remove" -d 'Remove a key slot; without the last one nothing opens the repository again'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -f -a "passwd" -d 'Change the password: a new slot is added, then the one in use removed'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -f -a "rotate" -d 'Seal packs from now on under new keys; what is stored stays as it is'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and not __fish_seen_subcommand_from list add remove passwd rotate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l new-password-file -d 'File whose first line is the new password' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l new-password-command -d 'Command that prints the new password' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -s n -l dry-run -d 'Change nothing, only look whether it could be done'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l yes-destroy -d 'Name of the repository\'s folder, to remove the last slot without a terminal' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -s n -l dry-run -d 'Change nothing, only say what would be removed'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l new-password-file -d 'File whose first line is the new password' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l new-password-command -d 'Command that prints the new password' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -s n -l dry-run -d 'Change nothing, only look whether it could be done'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from passwd" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -s n -l dry-run -d 'Change nothing, only say which key epoch would begin'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "list" -d 'List key slots'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add a key slot with a password of its own'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a key slot; without the last one nothing opens the repository again'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "passwd" -d 'Change the password: a new slot is added, then the one in use removed'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "rotate" -d 'Seal packs from now on under new keys; what is stored stays as it is'
complete -c gleaner -n "__fish_gleaner_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l from-repo -d 'Repository to read from; -r names the one that is written' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l from-password-file -d 'File with the password of --from-repo' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l from-password-command -d 'Command that prints the password of --from-repo' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -s H -l host -d 'Only snapshots of this host (repeatable: any of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l tag -d 'Only snapshots with all of these tags (repeatable: any of the lists)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l path -d 'Only snapshots that saved this path (repeatable: all of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-host
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-path
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -s n -l dry-run -d 'Read and count, and write nothing'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s l -l keep-last -d 'The last N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l keep-hourly -d 'The last of each of the last N hours' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s d -l keep-daily -d 'The last of each of the last N days' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s w -l keep-weekly -d 'The last of each of the last N weeks' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s m -l keep-monthly -d 'The last of each of the last N months' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s y -l keep-yearly -d 'The last of each of the last N years' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l keep-within -d 'All that are at most this much older than the newest (1y5m7d2h)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s g -l group-by -d 'What makes a group of snapshots to which the policy applies' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l yes-destroy -d 'Name of the repository\'s folder, to confirm without a terminal' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s H -l host -d 'Only snapshots of this host (repeatable: any of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l tag -d 'Only snapshots with all of these tags (repeatable: any of the lists)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l path -d 'Only snapshots that saved this path (repeatable: all of them)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l keep-tag -d 'All with all of these tags (repeatable: any of the lists)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-host
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-path
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-keep-tag
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-unsafe-allow-remove-all
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l unsafe-allow-remove-all -d 'Let a policy that keeps nothing drop everything'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-prune
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l prune -d 'Prune afterwards, if anything was dropped'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s n -l dry-run -d 'Change nothing, only say what would be dropped'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand forget" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l max-unused -d 'Unneeded bytes that may stay in packs with others: 5%, a SIZE, or unlimited' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l max-repack-size -d 'Rewrite packs of at most so many bytes in this run' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l repack-smaller-than -d 'Merge packs below this size' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l max-duration -d 'Stop at a safe point after this time (1h30m); the next run goes on' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-rewrite-key-epochs
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l rewrite-key-epochs -d 'Rewrite all packs that are sealed under older key epochs (after `key rotate`)'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-now
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l now -d 'Delete in this run what it condemns; refused while other sessions are open'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-unsafe-allow-shrink
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l unsafe-allow-shrink -d 'Go on although snapshots vanished that nobody forgot'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -s n -l dry-run -d 'Print the plan, and change nothing'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l max-unused -d 'Unneeded bytes that may stay in packs with others: 5%, a SIZE, or unlimited' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l max-repack-size -d 'Rewrite packs of at most so many bytes in this run' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l repack-smaller-than -d 'Merge packs below this size' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l max-duration -d 'Stop at a safe point after this time (1h30m); the next run goes on' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-rewrite-key-epochs
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l rewrite-key-epochs -d 'Rewrite all packs that are sealed under older key epochs (after `key rotate`)'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-now
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l now -d 'Delete in this run what it condemns; refused while other sessions are open'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-unsafe-allow-shrink
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l unsafe-allow-shrink -d 'Go on although snapshots vanished that nobody forgot'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -s n -l dry-run -d 'Print the plan, and change nothing'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand compact" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-apply
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l apply -d 'Do it; without this only say what would be done'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand migrate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -f -a "add" -d 'Write sidecars for packs that have none, or a damaged one'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -f -a "remove" -d 'Delete sidecars; the packs stay'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -f -a "status" -d 'Say which packs have sidecars; changes nothing'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and not __fish_seen_subcommand_from add remove status help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l percent -d 'Recovery shards for each hundred data shards, 1 to 100; by default what `init --parity` said, else 3' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l pack -d 'Only this pack, by its id or the beginning of it; may be repeated' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-pack
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -s n -l dry-run -d 'Write nothing, only say what would be written'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l pack -d 'Only of this pack, by its id or the beginning of it; may be repeated' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-pack
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -s n -l dry-run -d 'Change nothing, only say what would be removed'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l pack -d 'Only this pack, by its id or the beginning of it, in detail; may be repeated' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-pack
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from help" -f -a "add" -d 'Write sidecars for packs that have none, or a damaged one'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Delete sidecars; the packs stay'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say which packs have sidecars; changes nothing'
complete -c gleaner -n "__fish_gleaner_using_subcommand parity; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l add -d 'Add these tags' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l remove -d 'Remove these tags' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l set -d 'Have exactly these tags' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-add
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-remove
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-set
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -s n -l dry-run -d 'Change nothing, only say what would change'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand tag" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l lease -d 'Session to fence: it can never commit afterwards (`gleaner list leases`)' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-dry-run
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -s n -l dry-run -d 'Change nothing, only say what would be fenced'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand unlock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -f -a "scan" -d 'Count the objects, and what was left out and why'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -f -a "ls" -d 'List the objects'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -f -a "show" -d 'Show one object: its identifiers and its representations'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -f -a "verify" -d 'Read all representations of all objects'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and not __fish_seen_subcommand_from scan ls show verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l key-pattern -d 'nginx: a regular expression that finds the URL in a key, by its group `url`, or by `scheme`, `host` and `path`' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l base-url -d 'tree: the URL at which subscribers see the root' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l squid-folders -d 'squid-ufs: numbers of folders of its `cache_dir`' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l key-pattern -d 'nginx: a regular expression that finds the URL in a key, by its group `url`, or by `scheme`, `host` and `path`' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l base-url -d 'tree: the URL at which subscribers see the root' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l squid-folders -d 'squid-ufs: numbers of folders of its `cache_dir`' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l key-pattern -d 'nginx: a regular expression that finds the URL in a key, by its group `url`, or by `scheme`, `host` and `path`' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l base-url -d 'tree: the URL at which subscribers see the root' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l squid-folders -d 'squid-ufs: numbers of folders of its `cache_dir`' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l key-pattern -d 'nginx: a regular expression that finds the URL in a key, by its group `url`, or by `scheme`, `host` and `path`' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l base-url -d 'tree: the URL at which subscribers see the root' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l squid-folders -d 'squid-ufs: numbers of folders of its `cache_dir`' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from help" -f -a "scan" -d 'Count the objects, and what was left out and why'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from help" -f -a "ls" -d 'List the objects'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show one object: its identifiers and its representations'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Read all representations of all objects'
complete -c gleaner -n "__fish_gleaner_using_subcommand access; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -f -a "init" -d 'Write a commented profile; never over an existing one'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -f -a "show" -d 'Print each value and where it comes from'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -f -a "path" -d 'Print where profiles are looked for'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and not __fish_seen_subcommand_from init show path help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "init" -d 'Write a commented profile; never over an existing one'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print each value and where it comes from'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print where profiles are looked for'
complete -c gleaner -n "__fish_gleaner_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l keep -d 'Work in this new or empty folder and leave it there' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l seed -d 'Seed of the made-up data' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -f -a "index" -d 'The index: rates, memory and disk at a number of made-up chunks'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and not __fish_seen_subcommand_from index help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l keys -d 'Chunks to enter; needs about 100 bytes of disk each' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l seed -d 'Seed of the made-up chunk ids' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l mode -d 'Which chunks the index recognises' -r -f -a "exact\t'All'
sparse\t'Those near one in 64'"
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l memory -d 'Memory that the index is told to stay within, at least 16M' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l dir -d 'Work in a new folder inside this one, which is removed at the end [default: the system\'s folder for temporary files]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-enforce-floors
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l enforce-floors -d 'End with 4 if a floor is not reached'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from index" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "index" -d 'The index: rates, memory and disk at a number of made-up chunks'
complete -c gleaner -n "__fish_gleaner_using_subcommand bench; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -s r -l repo -d 'Where the repository is: a path or file:///path [env: GLEANER_REPOSITORY]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l repository-file -d 'File whose first line names the repository [env: GLEANER_REPOSITORY_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l server -d 'Repository of a tenant on a backup server: https://HOST:PORT/TENANT [env: GLEANER_SERVER]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l token-file -d 'File whose first line is the token for the server [env: GLEANER_TOKEN_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l ca-cert -d 'Certificates whose signature the server must have, PEM [env: GLEANER_CA_CERT]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l server-fingerprint -d 'SHA-256 of the server\'s certificate, as it prints it [env: GLEANER_SERVER_FINGERPRINT]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l wait-for-server -d 'How long to try to reach a server again that was cut off [env: GLEANER_WAIT_FOR_SERVER; default: 5m]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -s p -l password-file -d 'File whose first line is the password [env: GLEANER_PASSWORD_FILE]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l password-command -d 'Command that prints the password, run without a shell [env: GLEANER_PASSWORD_COMMAND]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l log-file -d 'Write a debug log to FILE [filter: GLEANER_LOG, for example engine=debug]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l cache-dir -d 'Folder of the index [env: GLEANER_CACHE_DIR; default: $XDG_CACHE_HOME/gleaner]' -r -F
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l index-mode -d 'Which stored chunks a backup recognises [env: GLEANER_INDEX_MODE; default: exact]' -r -f -a "exact\t'All: about 2 bytes of memory a chunk'
sparse\t'Those near a sample of one in 64: for repositories of more than 10^9 chunks'
neighbor\t'Those of earlier snapshots of the same host and paths: no cache, little to read'"
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l index-memory -d 'Memory for the index in the cache folder [env: GLEANER_INDEX_MEMORY; default: 112M]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l threads -d 'Worker threads [env: GLEANER_THREADS; default: cores]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l limit-read -d 'Read files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_READ]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l limit-write -d 'Write files and packs no faster than RATE (bare number: KiB/s) [env: GLEANER_LIMIT_WRITE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l progress-fd -d 'Write status lines as JSON to descriptor N' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -s P -l profile -d 'Profile to read; a later one overrides an earlier [env: GLEANER_PROFILE]' -r
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-profile
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-quiet
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -s q -l quiet -d 'Print nothing but errors'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-verbose
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -s v -l verbose -d 'Print a line for each file; twice: also the unchanged ones'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-json
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l json -d 'Print JSON lines'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l input
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-input -d 'Never ask'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-yes
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l yes -d 'Answer moderate questions with yes'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l color
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-color -d 'No colours [env: NO_COLOR]'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l cache
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-cache -d 'Keep the index in memory and write no cache'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l lock
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-lock -d 'Take no lease: for media that cannot be written (verbs that only read)'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l no-idle
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -l idle -d 'Give way to other processes (nice 19)'
complete -c gleaner -n "__fish_gleaner_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "agent" -d 'Agents beside access servers: run, allow, list, deny'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "serve" -d 'Run a backup server'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "tenant" -d 'Tenants of a server: add, list, quota, remove'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "token" -d 'Tokens that subscribers log in with: new, list, revoke'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "init" -d 'Create a repository'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "backup" -d 'Save files and folders as one snapshot'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "snapshots" -d 'List snapshots'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "ls" -d 'List what a snapshot holds'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "restore" -d 'Write entries of a snapshot back'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "dump" -d 'Write one file, or a folder as tar, to stdout'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "diff" -d 'Show what changed between two snapshots'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "find" -d 'Find entries in all snapshots'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "stats" -d 'Sizes and ratios'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "check" -d 'Verify the repository; changes nothing'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "repair" -d 'Say what can be repaired, and repair it'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "cat" -d 'Show an object of the repository'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "list" -d 'List objects of the repository'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "key" -d 'Keys: list, add, remove, passwd, rotate'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "copy" -d 'Copy snapshots from another repository'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "forget" -d 'Drop snapshots by id or policy'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "prune" -d 'Reclaim the space of what no snapshot needs'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "migrate" -d 'Say what would bring the repository to the newest format version, and do it'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "parity" -d 'Parity of packs: add, remove, status'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "tag" -d 'Change tags of snapshots'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "unlock" -d 'Fence the lease of a session that will not come back'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "access" -d 'What an access server holds: scan, ls, show, verify'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "config" -d 'Profiles: write a starter file, show effective values and where they come from'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "demo" -d 'A tour with made-up data, in about ten seconds'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "bench" -d 'Measure on this machine'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "version" -d 'Versions of program and format'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "completions" -d 'Completions for a shell'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "man" -d 'Write manual pages into a folder'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and not __fish_seen_subcommand_from agent serve tenant token init backup snapshots ls restore dump diff find stats check repair cat list key copy forget prune migrate parity tag unlock access config demo bench version completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from agent" -f -a "run" -d 'Tell a server what access servers hold, and serve bytes of theirs'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from agent" -f -a "allow" -d 'Where the server runs: let an agent speak for sources'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from agent" -f -a "list" -d 'Where the server runs: list agents'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from agent" -f -a "deny" -d 'Where the server runs: let an agent in no more'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from tenant" -f -a "add" -d 'Add a tenant'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from tenant" -f -a "list" -d 'List tenants'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from tenant" -f -a "quota" -d 'Change how much a repository may take'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from tenant" -f -a "remove" -d 'Remove a tenant, and all of its snapshots'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "new" -d 'Make a token and print it, once'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "list" -d 'List tokens'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from token" -f -a "revoke" -d 'Make a token worthless'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from repair" -f -a "index" -d 'Build the index in the cache folder anew from the packs'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from repair" -f -a "packs" -d 'Save what is left of damaged packs, and get what is lost from elsewhere'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from repair" -f -a "snapshots" -d 'Put manifests that cannot be read aside, and write snapshots of what is left of others'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from repair" -f -a "all" -d 'Packs, then snapshots; or put back what a repair took out of use'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "list" -d 'List key slots'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "add" -d 'Add a key slot with a password of its own'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "remove" -d 'Remove a key slot; without the last one nothing opens the repository again'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "passwd" -d 'Change the password: a new slot is added, then the one in use removed'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "rotate" -d 'Seal packs from now on under new keys; what is stored stays as it is'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from parity" -f -a "add" -d 'Write sidecars for packs that have none, or a damaged one'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from parity" -f -a "remove" -d 'Delete sidecars; the packs stay'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from parity" -f -a "status" -d 'Say which packs have sidecars; changes nothing'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from access" -f -a "scan" -d 'Count the objects, and what was left out and why'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from access" -f -a "ls" -d 'List the objects'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from access" -f -a "show" -d 'Show one object: its identifiers and its representations'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from access" -f -a "verify" -d 'Read all representations of all objects'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "init" -d 'Write a commented profile; never over an existing one'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Print each value and where it comes from'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Print where profiles are looked for'
complete -c gleaner -n "__fish_gleaner_using_subcommand help; and __fish_seen_subcommand_from bench" -f -a "index" -d 'The index: rates, memory and disk at a number of made-up chunks'
